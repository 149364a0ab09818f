#pragma once

#include <string>
#include <string_view>

#include "io/images/digital_source.h"
#include "io/images/image.h"
#include "pipelines/generation_request.h"

namespace fude::pipelines {

/// A picture beside a finished one: what that was on the way, or the mask that it was made with.
struct PictureCopy {
  std::string_view suffix;  // of its file's name: "-before-highres-fix", "-before-color-correction", "-mask",
                            // "-mask-composite"
  io::Image image;          // RGB, the composite RGBA
  io::DigitalSource source = io::DigitalSource::kUnsaid;
  bool is_kept = true;       // in a file beside the finished picture
  bool is_returned = false;  // to programs, behind the finished picture
};

/// What a picture was started from.
struct InitPicture {
  std::string md5;  // of its pixels, as the web UI names it
  io::Image image;  // as it was given, turned upright
};

/// What picture `index` of the request starts from. Throws Error as decode_source().
InitPicture init_picture(const GenerationRequest& request, int index);

}  // namespace fude::pipelines
