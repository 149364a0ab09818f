#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>

#include "core/error.h"
#include "io/images/picture_encoder.h"
#include "io/images/picture_notes.h"

namespace {

using namespace fude;

// One pixel is picture enough to carry them.
const io::Image kPixel{.width = 1, .height = 1, .channels = 3, .pixels = {1, 2, 3}};

void write(const io::PictureNotes& notes, io::PictureFormat format) {
  static_cast<void>(io::loss_of_notes(notes, format));
  try {
    const auto bytes = io::encode_picture(kPixel, {.format = format}, notes);
    // What was written can be read: a second copy carries what the first did.
    const io::PictureNotes again = io::picture_notes(bytes);
    if (again.texts.size() > notes.texts.size() + 1) std::abort();
  } catch (const Error&) {
  }
}

}  // namespace

/// What a hostile picture carries beside its pixels, on the way into a picture of another format.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const io::PictureNotes notes = io::picture_notes(std::as_bytes(std::span(data, size)));
  for (const auto format : {io::PictureFormat::kPng, io::PictureFormat::kJpeg, io::PictureFormat::kWebp}) {
    write(notes, format);
  }
  return 0;
}
