#include "service/upscaled_file.h"

#include <memory>
#include <span>

#include "core/platform/mapped_file.h"
#include "io/images/picture_decoder.h"
#include "pipelines/extras_faces.h"
#include "pipelines/stored_text.h"
#include "pipelines/upscale_files.h"
#include "pipelines/upscale_picture.h"
#include "pipelines/upscaler_library.h"

namespace fude::service {
namespace {

std::string infotext_of(std::span<const std::byte> bytes) {
  return pipelines::read_stored_text(bytes, "image").infotext.value_or("");
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
  result.file = pipelines::encode_upscaled(made.image, bytes, made.text, options);
  return result;
}

}  // namespace fude::service
