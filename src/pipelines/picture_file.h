#pragma once

#include <cstddef>
#include <vector>

#include "pipelines/picture_saving.h"
#include "pipelines/text_to_image.h"

namespace fude::pipelines {

/// A picture's file, with its text and how it came to be (io/images/digital_source.h). Throws Error as
/// io::encode_picture().
EncodedPicture encode_picture_as(const FinishedPicture& picture, const SavingOptions& options);

/// The same as PNG.
std::vector<std::byte> encode_picture(const FinishedPicture& picture);

}  // namespace fude::pipelines
