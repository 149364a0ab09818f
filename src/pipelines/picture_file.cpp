#include "pipelines/picture_file.h"

namespace fude::pipelines {

EncodedPicture encode_picture_as(const FinishedPicture& picture, const SavingOptions& options) {
  const bool has_sources = !picture.request.sources.init_images.empty();
  const io::DigitalSource source = has_sources ? io::DigitalSource::kComposite : io::DigitalSource::kGenerated;
  return encode_for_saving(picture.image, picture.infotext, source, options);
}

std::vector<std::byte> encode_picture(const FinishedPicture& picture) { return encode_picture_as(picture, {}).bytes; }

}  // namespace fude::pipelines
