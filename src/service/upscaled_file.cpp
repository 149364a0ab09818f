#include "service/upscaled_file.h"

#include <memory>
#include <span>
#include <string_view>

#include "core/platform/mapped_file.h"
#include "io/images/picture_decoder.h"
#include "io/images/picture_notes.h"
#include "io/images/png_text.h"
#include "pipelines/extras_faces.h"
#include "pipelines/infotext.h"
#include "pipelines/stored_text.h"
#include "pipelines/upscale_files.h"
#include "pipelines/upscale_picture.h"
#include "pipelines/upscaler_library.h"

namespace fude::service {

namespace {

constexpr std::string_view kParameters = "parameters";

std::string infotext_of(std::span<const std::byte> bytes) {
  return pipelines::read_stored_text(bytes, "image").infotext.value_or("");
}

// Of the one text that JPEG and WebP have.
std::string with_pairs(const std::string& infotext, const std::string& done) {
  if (infotext.empty() || done.empty()) return infotext + done;
  const bool has_pairs = pipelines::parse_infotext(infotext).find("Steps") != nullptr;
  return infotext + (has_pairs ? ", " : "\n") + done;
}

io::PictureNotes notes_after(std::span<const std::byte> before, const UpscaledFile& made, io::PictureFormat format) {
  io::PictureNotes notes = io::picture_notes(before);
  if (format == io::PictureFormat::kPng) {
    notes.texts = pipelines::texts_after(notes.texts, made.done);
    return notes;
  }
  notes.exif.clear();  // it would stand in the text's place
  notes.texts = {{.keyword = std::string(kParameters), .text = with_pairs(made.infotext, made.done)}};
  return notes;
}

pipelines::EncodedPicture encoded(const io::Image& image, std::span<const std::byte> before, const UpscaledFile& made,
                                  const pipelines::SavingOptions& options) {
  io::PictureEncoding encoding = options.encoding;
  const auto notes = [&] {
    io::PictureNotes all = notes_after(before, made, encoding.format);
    if (!options.writes_infotext) all.texts.clear();
    return all;
  };
  if (!io::can_hold(encoding.format, image.width, image.height, notes())) encoding.format = io::PictureFormat::kPng;
  return {.bytes = io::encode_picture(image, encoding, notes()), .format = encoding.format};
}

}  // namespace

UpscaledFile upscaled_file(const pipelines::UpscaleOrder& order, const UpscalePlace& place,
                           const pipelines::SavingOptions& options,
                           const std::function<void(std::int64_t done, std::int64_t total)>& on_tile) {
  std::shared_ptr<const platform::MappedFile> file;
  std::span<const std::byte> bytes;
  if (order.image) {
    bytes = std::as_bytes(std::span(*order.image));
  } else {
    file = platform::MappedFile::open(place.outputs / order.file);
    bytes = file->bytes();
  }
  const pipelines::UpscalerLibrary library(place.library, /*takes_paths=*/false);
  const pipelines::LoadedUpscaler first = library.load(order.request.upscaler, place.engine);
  const pipelines::LoadedUpscaler second = library.load(order.request.second_upscaler, place.engine);
  const pipelines::ExtrasFaces faces = pipelines::load_extras_faces(place.library, order.request, place.engine);
  const pipelines::UpscaledPicture enlarged =
      pipelines::upscale_picture(io::decode_picture(bytes, order.file.empty() ? "image" : order.file), order.request,
                                 first, second, {.on_tile = on_tile});
  const auto on_face = [&](int done, int total) { on_tile(done, total); };
  const pipelines::UpscaledPicture made = with_restored_faces(enlarged, order.request, faces, on_face);
  UpscaledFile result{.infotext = infotext_of(bytes), .done = made.text};
  result.file = encoded(made.image, bytes, result, options);
  return result;
}

}  // namespace fude::service
