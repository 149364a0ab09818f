#include "pipelines/picture_file.h"

#include "io/images/png_file.h"

namespace fude::pipelines {

std::vector<std::byte> encode_picture(const FinishedPicture& picture) {
  return io::encode_png(picture.image, std::vector<io::PngText>{{.keyword = "parameters", .text = picture.infotext}});
}

}  // namespace fude::pipelines
