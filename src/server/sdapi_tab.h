#pragma once

namespace fude::server {

/// Which of the web UI's two routes for pictures is meant: txt2img or img2img. Members, scripts and axes differ.
enum class Tab { kFromWords, kFromPicture };

}  // namespace fude::server
