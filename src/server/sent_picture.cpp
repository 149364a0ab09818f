#include "server/sent_picture.h"

#include <fmt/format.h>

#include <span>

#include "core/base64.h"
#include "io/images/picture_format.h"
#include "server/error_response.h"

namespace fude::server {
namespace {

[[noreturn]] void refuse() { throw HttpError(500, "Invalid encoded image"); }

}  // namespace

std::string sent_picture(std::string_view text) {
  if (text.starts_with("http://") || text.starts_with("https://")) {
    throw HttpError(500, "Requests not allowed: send the picture itself, not its address");
  }
  if (text.starts_with("data:")) {
    constexpr std::string_view kMark = ";base64,";
    const std::size_t mark = text.substr(0, 200).find(kMark);
    if (mark == std::string_view::npos) refuse();
    text.remove_prefix(mark + kMark.size());
  }
  auto bytes = base64_decode(text);
  if (!bytes || bytes->empty()) refuse();
  return std::move(*bytes);
}

std::string check_sent_picture(std::string_view text) {
  std::string bytes = sent_picture(text);
  const auto picture = std::as_bytes(std::span(bytes));
  if (io::picture_format(picture)) return bytes;
  if (const std::string_view kind = io::foreign_kind(picture); kind != "no picture") {
    throw HttpError(501, fmt::format("the file is {}, expected a PNG, JPEG or WebP picture", kind));
  }
  refuse();
}

pipelines::StoredText text_of_sent_picture(std::string_view text) {
  const std::string bytes = check_sent_picture(text);
  return pipelines::read_stored_text(std::as_bytes(std::span(bytes)), "picture");
}

}  // namespace fude::server
