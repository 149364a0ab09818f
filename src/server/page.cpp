#include "server/page.h"

#include <zlib.h>

#include <algorithm>
#include <string>

#include "core/error.h"
#include "server/error_response.h"
#include "server/request_target.h"

namespace fude::server {
namespace {

constexpr std::string_view kStart = "/index.html";

// For the rare client that takes no gzip.
std::string decompressed(std::string_view bytes) {
  constexpr int kGzip = 16 + MAX_WBITS;
  z_stream stream{};
  if (inflateInit2(&stream, kGzip) != Z_OK) throw std::bad_alloc();
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  std::string out;
  int result = Z_OK;
  while (result == Z_OK) {
    const std::size_t before = out.size();
    out.resize(before + (std::size_t{64} << 10));
    stream.next_out = reinterpret_cast<Bytef*>(out.data() + before);
    stream.avail_out = static_cast<uInt>(out.size() - before);
    result = inflate(&stream, Z_NO_FLUSH);
  }
  out.resize(stream.total_out);
  inflateEnd(&stream);
  return out;
}

bool takes_gzip(const Request& request) {
  const std::string_view encodings = request.header("Accept-Encoding");
  return encodings.find("gzip") != std::string_view::npos && encodings.find("gzip;q=0") == std::string_view::npos;
}

Response answer(const PageFile& file, std::span<const std::byte> bytes, const Request& request) {
  Response response{.content_type = std::string(file.type)};
  response.headers = {{"ETag", std::string(file.etag)},
                      {"Cache-Control", file.is_immutable ? "public, max-age=31536000, immutable" : "no-cache"},
                      {"Vary", "Accept-Encoding"}};
  if (request.header("If-None-Match").find(file.etag) != std::string_view::npos) {
    response.status = 304;
    return response;
  }
  const auto compressed = bytes.subspan(file.begin, file.size);
  const std::string_view text(reinterpret_cast<const char*>(compressed.data()), compressed.size());
  if (takes_gzip(request)) {
    response.body = text;
    response.headers.emplace_back("Content-Encoding", "gzip");
  } else {
    response.body = decompressed(text);
  }
  return response;
}

// A path of an API that does not exist, or a file of an older page: a page in its place would only confuse.
bool must_exist(std::string_view path) {
  const std::string_view name = path.substr(path.rfind('/') + 1);
  return error_form(path) != ErrorForm::kOwn || path.starts_with("/api/") || name.find('.') != std::string_view::npos;
}

}  // namespace

void add_page(Router& router, std::span<const PageFile> files, std::span<const std::byte> bytes) {
  router.set_fallback([files, bytes](const Request& request) {
    auto found = std::ranges::find(files, request.path, &PageFile::path);
    if (found == files.end() && !must_exist(request.path)) found = std::ranges::find(files, kStart, &PageFile::path);
    if (found != files.end()) return answer(*found, bytes, request);
    return error_response(404, fmt::format("there is nothing at '{}'", printable(request.path)), request.path);
  });
}

}  // namespace fude::server
