#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "io/images/image.h"
#include "io/images/picture_encoder.h"

namespace fude::pipelines {

/// What is to become of a finished picture.
struct PictureEdit {
  std::optional<io::Image> mosaic = {};          // a mask of the picture's size: squares over what is white
  int block = 0;                                 // their side in pixels, 2..1024; 0: as publishers ask for
  std::optional<io::PictureFormat> format = {};  // absent: as it was
  int quality = 90;                              // 1..100, of JPEG and WebP with losses
  bool is_lossless = false;                      // WebP; one that had no losses has none as WebP again
};

/// A picture's file after that.
struct EditedPicture {
  std::vector<std::byte> bytes;
  io::PictureFormat format = io::PictureFormat::kPng;
  std::string lost = {};  // what of the picture's notes this format cannot keep, in words; empty: nothing
};

/// Edits a picture's file, keeping what it says of itself: texts, EXIF, XMP. `name` is for the message. Throws Error as
/// io::decode_picture(), io::mosaic() and io::encode_picture().
EditedPicture edit_picture(std::span<const std::byte> bytes, const PictureEdit& edit, std::string_view name);

/// Writes it beside the picture that it was, as "NAME-edited.png"; where that is taken "NAME-edited-1.png" and so on.
/// The new file's path. Throws Error as save_new().
std::filesystem::path save_beside(const std::filesystem::path& picture, const EditedPicture& edited);

}  // namespace fude::pipelines
