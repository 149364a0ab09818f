#pragma once

#include <span>
#include <string_view>

#include "io/images/picture_encoder.h"

namespace fude::io {

/// What a PNG, JPEG or WebP file carries beside its pixels, to be written into another: texts (outside PNG the comment
/// of EXIF becomes "parameters"), the EXIF block with the picture upright, XMP. Empty for other files.
PictureNotes picture_notes(std::span<const std::byte> bytes);

/// What another format would lose of them, in words; empty: nothing.
std::string_view loss_of_notes(const PictureNotes& notes, PictureFormat format);

}  // namespace fude::io
