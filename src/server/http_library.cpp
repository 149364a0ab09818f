#include "server/http_library.h"

#include <algorithm>
#include <fstream>
#include <string>
#include <utility>

#include "server/request_target.h"

namespace fude::server {
namespace {

class DataSink : public Sink {
 public:
  explicit DataSink(httplib::DataSink& sink) : sink_(sink) {}
  bool write(std::string_view bytes) override { return is_open_ = is_open_ && sink_.write(bytes.data(), bytes.size()); }
  bool is_open() const { return is_open_; }

 private:
  httplib::DataSink& sink_;
  bool is_open_ = true;
};

void set_stream(httplib::Response& to, Response& from) {
  to.set_chunked_content_provider(from.content_type,
                                  [stream = std::move(from.stream)](std::size_t, httplib::DataSink& sink) {
                                    DataSink data(sink);
                                    const bool goes_on = stream(data);
                                    if (data.is_open() && !goes_on) sink.done();
                                    return data.is_open();
                                  });
}

void set_file(httplib::Response& to, const Response& from) {
  const auto file = std::make_shared<std::ifstream>(from.file, std::ios::binary | std::ios::ate);
  const std::streamoff size = *file ? static_cast<std::streamoff>(file->tellg()) : -1;
  if (size < 0) {
    to.status = 404;
    return;
  }
  if (size == 0) return to.set_content("", from.content_type);
  to.set_content_provider(static_cast<std::size_t>(size), from.content_type,
                          [file](std::size_t offset, std::size_t length, httplib::DataSink& sink) {
                            constexpr std::size_t kPiece = std::size_t{64} << 10;
                            std::string piece(std::min(length, kPiece), '\0');
                            file->clear();
                            file->seekg(static_cast<std::streamoff>(offset));
                            file->read(piece.data(), static_cast<std::streamsize>(piece.size()));
                            return file->gcount() > 0 &&
                                   sink.write(piece.data(), static_cast<std::size_t>(file->gcount()));
                          });
}

}  // namespace

void send(httplib::Response& to, Response from) {
  // 200 is the library's to say, since it may become 206; not for streams, which have no parts.
  if (from.status != 200 || from.stream) to.status = from.status;
  for (const auto& [name, value] : from.headers) to.set_header(name, value);
  if (from.stream) {
    set_stream(to, from);
  } else if (!from.file.empty()) {
    set_file(to, from);
  } else if (from.status != 204 && from.status != 304) {
    to.set_content(std::move(from.body), from.content_type);
  }
}

std::optional<Request> request_of(const httplib::Request& from) {
  constexpr std::size_t kLongestTarget = 4096;
  auto target = from.target.size() > kLongestTarget ? std::nullopt : parse_target(from.target);
  if (!target) return std::nullopt;
  Request to;
  to.method = from.method;
  to.path = std::move(target->path);
  to.query = std::move(target->query);
  for (const auto& [name, value] : from.headers) {
    const auto [place, is_new] = to.headers.try_emplace(name, value);
    if (!is_new) place->second += ", " + value;
  }
  to.headers["Accept-Encoding"] = from.get_header_value(kEncodingsHeader);
  return to;
}

}  // namespace fude::server
