#include "pipelines/sent_pictures.h"

#include <optional>
#include <string>
#include <utility>

#include "core/base64.h"
#include "core/error.h"

namespace fude::pipelines {

PictureBytes picture_from_text(std::string_view name, std::string_view text) {
  constexpr std::string_view kMark = ";base64,";
  std::string_view digits = text;
  const std::size_t mark = text.substr(0, 100).find(kMark);
  if (text.starts_with("data:") && mark != std::string_view::npos) digits.remove_prefix(mark + kMark.size());
  std::optional<std::string> bytes = base64_decode(digits);
  if (!bytes || bytes->empty()) {
    fail(ErrorCode::kInvalidArgument, "{} is '{}', expected a picture in base64", name, printable(digits, 40));
  }
  return picture_bytes(*std::move(bytes));
}

}  // namespace fude::pipelines
