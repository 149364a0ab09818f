#include "core/error.h"

namespace fude {

int exit_code(ErrorCode code) {
  switch (code) {  // no default: the compiler names a forgotten case
    case ErrorCode::kInvalidArgument: return 2;
    case ErrorCode::kNotFound: return 3;
    case ErrorCode::kCorruptFile: return 3;
    case ErrorCode::kUnsupportedModel: return 4;
    case ErrorCode::kOutOfResources: return 5;
    case ErrorCode::kCancelled: return 130;
  }
  return 1;
}

std::string printable(std::string_view text, std::size_t limit) {
  const bool is_cut = text.size() > limit;
  if (is_cut) {
    while (limit > 0 && (static_cast<unsigned char>(text[limit]) & 0xC0) == 0x80) --limit;
    text = text.substr(0, limit);
  }
  std::string safe;
  safe.reserve(text.size());
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7F) {
      safe += fmt::format("\\x{:02x}", byte);
    } else {
      safe += c;
    }
  }
  if (is_cut) safe += "...";
  return safe;
}

}  // namespace fude
