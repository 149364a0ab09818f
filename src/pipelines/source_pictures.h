#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "io/images/image.h"

namespace fude::pipelines {

/// A picture's file in memory, as it was sent or read; copies share it. Null: none.
using PictureBytes = std::shared_ptr<const std::string>;

/// The pictures that a request starts from. Files, not pixels: so that a waiting job stays small, and its JSON is what
/// was sent.
struct SourcePictures {
  std::vector<PictureBytes> init_images = {};  // one for all pictures, or one for each of a batch
  PictureBytes mask = {};                      // white is made anew
  PictureBytes latent_mask = {};               // the same on the latent only; absent: as mask
  PictureBytes firstpass_image = {};           // a finished picture in the place of hires fix's first pass

  bool operator==(const SourcePictures&) const = default;
};

/// Makes PictureBytes of a file's bytes.
PictureBytes picture_bytes(std::string bytes);
PictureBytes picture_bytes(std::span<const std::byte> bytes);

/// Of a file on the disk, whatever is in it. Throws Error as platform::MappedFile::open().
PictureBytes read_picture_bytes(const std::filesystem::path& path);

/// Of pixels, as a PNG file.
PictureBytes png_of(const io::Image& image);

/// Decodes one of them and turns it upright. `name` is for the message: "init_images[0]".
/// Throws Error(kInvalidArgument) where it is no picture that can be used: damaged, cut off, animated, too large.
io::Image decode_source(const PictureBytes& bytes, std::string_view name);

/// What tells a picture from others, whatever kind of file it came in: 12 digits of the SHA-256 of its size and pixels.
std::string source_hash(const io::Image& picture);

}  // namespace fude::pipelines
