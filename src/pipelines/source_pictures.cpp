#include "pipelines/source_pictures.h"

#include <cstddef>
#include <span>
#include <utility>

#include "core/error.h"
#include "core/hash.h"
#include "core/platform/mapped_file.h"
#include "io/images/picture_decoder.h"
#include "io/images/png_file.h"

namespace fude::pipelines {

PictureBytes picture_bytes(std::string bytes) { return std::make_shared<const std::string>(std::move(bytes)); }

PictureBytes picture_bytes(std::span<const std::byte> bytes) {
  return picture_bytes(std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
}

PictureBytes read_picture_bytes(const std::filesystem::path& path) {
  return picture_bytes(platform::MappedFile::open(path)->bytes());
}

PictureBytes png_of(const io::Image& image) { return picture_bytes(io::encode_png(image)); }

io::Image decode_source(const PictureBytes& bytes, std::string_view name) {
  try {
    return io::decode_picture(std::as_bytes(std::span(*bytes)), name);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kCorruptFile) throw;
    fail(ErrorCode::kInvalidArgument, "{}", error.what());
  }
}

std::string source_hash(const io::Image& picture) {
  constexpr std::size_t kDigits = 12;
  const std::string size = fmt::format("{}x{}x{}\n", picture.width, picture.height, picture.channels);
  Sha256 sha256;
  sha256.update(std::as_bytes(std::span(size)));
  sha256.update(std::as_bytes(std::span(picture.pixels)));
  return sha256.finish().substr(0, kDigits);
}

}  // namespace fude::pipelines
