#pragma once

#include <cstddef>
#include <vector>

#include "pipelines/text_to_image.h"

namespace fude::pipelines {

/// A picture as it is saved: a PNG file with its text under "parameters".
std::vector<std::byte> encode_picture(const FinishedPicture& picture);

}  // namespace fude::pipelines
