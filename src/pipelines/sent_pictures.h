#pragma once

#include <string_view>

#include "pipelines/source_pictures.h"

namespace fude::pipelines {

/// A picture's file that was sent in base64, with or without "data:image/png;base64," before it; whether it is one is
/// decode_source()'s to say. `name` is for the message: "mask". Throws Error(kInvalidArgument).
PictureBytes picture_from_text(std::string_view name, std::string_view text);

}  // namespace fude::pipelines
