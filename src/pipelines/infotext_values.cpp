#include "pipelines/infotext_values.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <nlohmann/json.hpp>

#include "core/unicode.h"

namespace fude::pipelines {
namespace {

bool is_continuation(char c) { return (static_cast<std::uint8_t>(c) & 0xC0) == 0x80; }

// Bytes of the last UTF-8 character, which broken text may make as short as one byte.
std::string_view last_character(std::string_view text) {
  std::size_t at = text.size() - 1;
  while (at > 0 && text.size() - at < 4 && is_continuation(text[at])) --at;
  return text.substr(at);
}

std::string_view first_character(std::string_view text) {
  std::size_t size = 1;
  while (size < text.size() && size < 4 && is_continuation(text[size])) ++size;
  return text.substr(0, size);
}

bool is_space_character(std::string_view bytes) {
  const std::u32string characters = decode_utf8(bytes);
  return characters.size() == 1 && is_space(characters.front());
}

}  // namespace

std::string quote(std::string_view text) {
  if (text.find_first_of(",\n:") == std::string_view::npos) return std::string(text);
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string unquote(std::string_view text) {
  if (text.empty() || text.front() != '"' || text.back() != '"') return std::string(text);
  const auto value = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
  return value.is_string() ? value.get<std::string>() : std::string(text);
}

std::string python_number(double value) {
  if (!std::isfinite(value)) return std::isnan(value) ? "nan" : value < 0 ? "-inf" : "inf";
  // Shortest digits, then Python's choice between the two forms: 1e-04 <= |value| < 1e16 is written out.
  const double size = std::abs(value);
  const bool is_plain = value == 0 || (size >= 1e-4 && size < 1e16);
  const auto form = is_plain ? std::chars_format::fixed : std::chars_format::scientific;
  std::array<char, 32> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, form).ptr;
  std::string text(buffer.data(), end);
  if (is_plain && text.find('.') == std::string::npos) text += ".0";
  return text;
}

std::string_view strip(std::string_view text) {
  while (!text.empty() && is_space_character(first_character(text))) text.remove_prefix(first_character(text).size());
  while (!text.empty() && is_space_character(last_character(text))) text.remove_suffix(last_character(text).size());
  return text;
}

}  // namespace fude::pipelines
