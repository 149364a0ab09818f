#include "io/images/zlib_text.h"

#include <zlib.h>

#include <algorithm>
#include <memory>

namespace fude::io {
namespace {

constexpr std::size_t kLongestUnpacked = std::size_t{16} << 20;

constexpr int kWindow = 15, kGzip = 16;  // zlib.h, inflateInit2()

std::optional<std::string> unpack(std::string_view packed, int window) {
  z_stream stream{};
  if (inflateInit2(&stream, window) != Z_OK) return std::nullopt;
  const std::unique_ptr<z_stream, int (*)(z_stream*)> guard(&stream, inflateEnd);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  std::string unpacked;
  int state = Z_OK;
  while (state == Z_OK && unpacked.size() <= kLongestUnpacked) {
    const std::size_t done = unpacked.size();
    unpacked.resize(done + std::max<std::size_t>(4096, done));
    stream.next_out = reinterpret_cast<Bytef*>(unpacked.data() + done);
    stream.avail_out = static_cast<uInt>(unpacked.size() - done);
    state = inflate(&stream, Z_NO_FLUSH);
    unpacked.resize(unpacked.size() - stream.avail_out);
  }
  const bool is_good = state == Z_STREAM_END && unpacked.size() <= kLongestUnpacked;
  return is_good ? std::optional(std::move(unpacked)) : std::nullopt;
}

}  // namespace

std::optional<std::string> unpack_zlib(std::string_view packed) { return unpack(packed, kWindow); }

std::optional<std::string> unpack_gzip(std::string_view packed) { return unpack(packed, kWindow + kGzip); }

}  // namespace fude::io
