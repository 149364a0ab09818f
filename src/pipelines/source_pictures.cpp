#include "pipelines/source_pictures.h"

#include <cstddef>
#include <span>
#include <utility>

#include "core/error.h"
#include "io/images/picture_decoder.h"

namespace fude::pipelines {

PictureBytes picture_bytes(std::string bytes) { return std::make_shared<const std::string>(std::move(bytes)); }

io::Image decode_source(const PictureBytes& bytes, std::string_view name) {
  try {
    return io::decode_picture(std::as_bytes(std::span(*bytes)), name);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kCorruptFile) throw;
    fail(ErrorCode::kInvalidArgument, "{}", error.what());
  }
}

}  // namespace fude::pipelines
