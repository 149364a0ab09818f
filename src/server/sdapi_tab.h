#pragma once

namespace fude::server {

/// Which of the web UI's two routes for pictures is meant: txt2img or img2img. Members, scripts and axes differ.
enum class Tab { kFromWords, kFromPicture };

/// The setting that names the folder of its grids, below the outputs folder.
inline const char* grids_setting(Tab tab) {
  return tab == Tab::kFromPicture ? "outdir_img2img_grids" : "outdir_txt2img_grids";
}

}  // namespace fude::server
