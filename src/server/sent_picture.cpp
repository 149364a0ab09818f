#include "server/sent_picture.h"

#include <span>

#include "core/base64.h"
#include "io/images/png_text.h"
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

pipelines::StoredText text_of_sent_picture(std::string_view text) {
  const std::string bytes = sent_picture(text);
  const auto picture = std::as_bytes(std::span(bytes));
  if (io::is_png(picture)) return pipelines::read_stored_text(picture, "picture");
  for (const std::string_view start : {"\xFF\xD8\xFF", "RIFF", "GIF8", "BM"}) {
    if (bytes.starts_with(start))
      throw HttpError(501, "reading the texts of other pictures than PNG is not supported yet");
  }
  refuse();
}

}  // namespace fude::server
