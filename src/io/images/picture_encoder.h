#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "io/images/image.h"
#include "io/images/picture_format.h"
#include "io/images/png_text.h"

namespace fude::io {

/// How a picture becomes a file.
struct PictureEncoding {
  PictureFormat format = PictureFormat::kPng;
  int quality = 80;          // 1..100, of JPEG and of WebP with losses
  bool is_lossless = false;  // WebP
};

/// What a file carries beside the pixels.
struct PictureNotes {
  std::vector<PngText> texts = {};   // PNG: all; JPEG and WebP: that under "parameters", as the comment of EXIF
  std::string xmp = {};              // a packet of XMP, UTF-8; empty: none
  std::vector<std::byte> exif = {};  // JPEG and WebP: a whole block instead of one with the comment alone; empty: none
};

/// Whether such a file can be: JPEG ends at 65500 pixels a side and WebP at 16383, and JPEG holds 64 KiB of a note.
bool can_hold(PictureFormat format, int width, int height, const PictureNotes& notes);

/// Encodes a picture with its notes. JPEG drops transparency, as the web UI does; WebP keeps it. Throws
/// Error(kInvalidArgument) when the format cannot hold it, the quality is out of range, or the image's sizes do not fit
/// its pixels.
std::vector<std::byte> encode_picture(const Image& image, const PictureEncoding& encoding,
                                      const PictureNotes& notes = {});

}  // namespace fude::io
