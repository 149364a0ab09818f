#include "pipelines/picture_copies.h"

#include <cstddef>
#include <span>

#include "core/error.h"
#include "core/hash.h"

namespace fude::pipelines {

InitPicture init_picture(const GenerationRequest& request, int index) {
  const std::vector<PictureBytes>& pictures = request.sources.init_images;
  const std::size_t place = static_cast<std::size_t>(index) % pictures.size();
  io::Image image = decode_source(pictures[place], fmt::format("init_images[{}]", place));
  std::string md5 = md5_hex(std::as_bytes(std::span(image.pixels)));
  return {.md5 = std::move(md5), .image = std::move(image)};
}

}  // namespace fude::pipelines
