#include "service/upscaled_file.h"

#include <memory>
#include <optional>
#include <span>
#include <string>

#include "core/platform/mapped_file.h"
#include "io/images/picture_decoder.h"
#include "io/images/png_file.h"
#include "io/images/png_text.h"
#include "pipelines/extras_faces.h"
#include "pipelines/stored_text.h"
#include "pipelines/upscale_files.h"
#include "pipelines/upscale_picture.h"
#include "pipelines/upscaler_library.h"

namespace fude::service {

namespace {

// Those of a PNG file, or what another one says of its making.
std::vector<io::PngText> texts_of(std::span<const std::byte> bytes) {
  if (io::is_png(bytes)) return io::read_png_texts(bytes).texts;
  const std::optional<std::string> infotext = pipelines::read_stored_text(bytes, "image").infotext;
  return infotext ? std::vector<io::PngText>{{"parameters", *infotext}} : std::vector<io::PngText>{};
}

}  // namespace

std::vector<std::byte> upscaled_file(const pipelines::UpscaleOrder& order, const UpscalePlace& place,
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
  return io::encode_png(made.image, pipelines::texts_after(texts_of(bytes), made.text));
}

}  // namespace fude::service
