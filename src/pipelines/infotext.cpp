#include "pipelines/infotext.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>

#include "core/error.h"
#include "core/unicode.h"
#include "pipelines/infotext_values.h"

namespace fude::pipelines {
namespace {

constexpr std::string_view kNegativeMark = "Negative prompt:";
constexpr std::size_t kFewestParameters = 3;

struct RawPair {
  std::u32string_view key;
  std::u32string_view value;
};

bool is_key_character(char32_t c) { return c == U' ' || c == U'-' || c == U'/' || is_word_character(c); }

// The end of a quoted value that begins at `at` and is followed by a comma or the end; absent when there is none.
// Every opening quote stops the search of the one before it, so the whole line is walked at most twice.
std::optional<std::size_t> end_of_quoted(std::u32string_view line, std::size_t at) {
  if (at >= line.size() || line[at] != U'"') return std::nullopt;
  std::size_t end = at + 1;
  while (end < line.size() && line[end] != U'"') end += line[end] == U'\\' ? 2 : 1;
  if (end >= line.size() || end == at + 1) return std::nullopt;
  ++end;
  return end == line.size() || line[end] == U',' ? std::optional(end) : std::nullopt;
}

// All "Key: value" of a line. A key is two or more word characters, spaces, hyphens and slashes, the first a word
// character; a value is a quoted string or everything up to the next comma.
std::vector<RawPair> find_pairs(std::u32string_view line) {
  std::vector<RawPair> pairs;
  std::size_t at = 0;
  while (at < line.size()) {
    while (at < line.size() && !is_word_character(line[at])) ++at;
    std::size_t colon = at;
    while (colon < line.size() && is_key_character(line[colon])) ++colon;
    if (colon >= line.size()) break;
    if (line[colon] != U':' || colon - at < 2) {
      at = colon;
      continue;
    }
    std::size_t start = colon + 1;
    while (start < line.size() && is_space(line[start])) ++start;
    const std::size_t end = end_of_quoted(line, start).value_or(std::min(line.find(U',', start), line.size()));
    pairs.push_back({line.substr(at, colon - at), line.substr(start, end - start)});
    at = end + 1;
  }
  return pairs;
}

// The two numbers of "512x768".
std::optional<std::pair<std::string_view, std::string_view>> split_size(std::string_view text) {
  const std::size_t cross = text.find('x');
  if (cross == std::string_view::npos) return std::nullopt;
  const std::string_view first = text.substr(0, cross), second = text.substr(cross + 1);
  const auto is_number = [](std::string_view digits) {
    return !digits.empty() && std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '9'; });
  };
  if (!is_number(first) || !is_number(second)) return std::nullopt;
  return std::pair(first, second);
}

void store_pair(Infotext& infotext, const RawPair& pair) {
  if (pair.value.empty()) return;
  const std::string key = encode_utf8(pair.key);
  const std::string value = unquote(encode_utf8(pair.value));
  if (const auto size = split_size(value)) {
    infotext.set(key + "-1", std::string(size->first));
    infotext.set(key + "-2", std::string(size->second));
  } else {
    infotext.set(key, value);
  }
}

struct Words {
  std::string prompt;
  std::string negative;
};

void add_line(std::string& text, std::string_view line) {
  if (!text.empty()) text += '\n';
  text += line;
}

// All lines of `text` but the parameters; what follows the first "Negative prompt:" is negative.
Words split_words(std::string_view text) {
  Words words;
  bool is_negative = false;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = strip(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.starts_with(kNegativeMark)) {
      is_negative = true;
      line = strip(line.substr(kNegativeMark.size()));
    }
    add_line(is_negative ? words.negative : words.prompt, line);
  }
  return words;
}

std::optional<std::int64_t> whole_number(const Infotext& infotext, std::string_view key) {
  const std::string text = infotext.text(key);
  std::int64_t number = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool is_whole = error == std::errc() && stop == text.data() + text.size() && !text.empty();
  return is_whole ? std::optional(number) : std::nullopt;
}

// A side of the first pass of the oldest hires fix when it chose the size itself: 512 x 512 pixels' worth of the
// picture's shape, rounded up to 64.
std::int64_t automatic_side(std::int64_t side, std::int64_t width, std::int64_t height) {
  const double scale = std::sqrt(512.0 * 512.0 / (static_cast<double>(width) * static_cast<double>(height)));
  return static_cast<std::int64_t>(std::ceil(scale * static_cast<double>(side) / 64)) * 64;
}

// Before hires fix had its own size, Size was that of the result and the first pass' size stood apart.
void restore_first_pass(Infotext& infotext) {
  constexpr std::int64_t kLongestSide = 1 << 20;
  const auto first_width = whole_number(infotext, "First pass size-1");
  const auto first_height = whole_number(infotext, "First pass size-2");
  if (!first_width || !first_height) return;
  const std::int64_t width = whole_number(infotext, "Size-1").value_or(512);
  const std::int64_t height = whole_number(infotext, "Size-2").value_or(512);
  if (width < 1 || height < 1 || width > kLongestSide || height > kLongestSide) return;
  const bool is_automatic = *first_width == 0 || *first_height == 0;
  infotext.set("Size-1", is_automatic ? automatic_side(width, width, height) : *first_width);
  infotext.set("Size-2", is_automatic ? automatic_side(height, width, height) : *first_height);
  infotext.set("Hires resize-1", width);
  infotext.set("Hires resize-2", height);
}

// Whether any part of a text is weighted: an opening bracket that no backslash escapes.
bool uses_emphasis(std::string_view text) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\\') {
      ++at;
    } else if (text[at] == '(' || text[at] == '[') {
      return true;
    }
  }
  return false;
}

// "v1.7.0-225" as {1, 7, 0, 225}; absent for the versions of other programs.
std::optional<std::array<int, 4>> parse_version(std::string_view text) {
  std::array<int, 4> numbers{};
  if (text.starts_with('v')) text.remove_prefix(1);
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), numbers[i]);
    if (error != std::errc() || numbers[i] < 0) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(stop - text.data()));
    if (text.empty()) return numbers;
    if (text.front() == '-' && i == 3) return numbers;  // what follows names a commit
    if (text.front() == '-')
      i = 2;
    else if (text.front() != '.')
      return std::nullopt;
    text.remove_prefix(1);
  }
  return std::nullopt;
}

// What older versions of the web UI did otherwise.
void note_old_behaviour(Infotext& infotext) {
  const auto version = parse_version(infotext.text("Version"));
  if (!version) return;
  const std::string sampler = infotext.text("Sampler");
  if (*version < std::array{1, 6, 0, 0}) {
    if (infotext.text("Prompt").find('[') != std::string::npos) infotext.set("Old prompt editing timelines", true);
    if (sampler == "DDIM" || sampler == "PLMS") infotext.set("Pad conds v0", true);
  }
  if (*version < std::array{1, 7, 0, 225}) infotext.set("Downcast alphas_cumprod", true);
  if (*version < std::array{1, 8, 0, 0} && !infotext.text("Refiner").empty()) {
    infotext.set("Refiner switch by sampling steps", true);
  }
}

void fill_defaults(Infotext& infotext) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 13> kTexts{{
      {"Clip skip", "1"},
      {"Hires sampler", "Use same sampler"},
      {"Hires schedule type", "Use same scheduler"},
      {"Hires checkpoint", "Use same checkpoint"},
      {"Hires prompt", ""},
      {"Hires negative prompt", ""},
      {"Mask mode", "Inpaint masked"},
      {"Masked content", "original"},
      {"Inpaint area", "Whole picture"},
      {"RNG", "GPU"},
      {"Schedule type", "Automatic"},
      {"VAE Encoder", "Full"},
      {"VAE Decoder", "Full"},
  }};
  for (const auto& [key, value] : kTexts) infotext.set_default(key, std::string(value));
  infotext.set_default("FP8 weight", std::string("Disable"));
  for (const std::string_view key : {"Schedule max sigma", "Schedule min sigma", "Schedule rho"}) {
    infotext.set_default(key, std::int64_t{0});
  }
  infotext.set_default("Masked area padding", std::int64_t{32});
  if (infotext.find("Hires resize-1") == nullptr) {
    infotext.set("Hires resize-1", std::int64_t{0});
    infotext.set("Hires resize-2", std::int64_t{0});
  }
  infotext.set_default("Refiner switch by sampling steps", false);
}

}  // namespace

std::string to_text(const InfotextValue& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* number = std::get_if<std::int64_t>(&value)) return fmt::format("{}", *number);
  return std::get<bool>(value) ? "True" : "False";
}

const InfotextValue* Infotext::find(std::string_view key) const {
  const auto place = places_.find(key);
  return place == places_.end() ? nullptr : &pairs_[place->second].value;
}

std::string Infotext::text(std::string_view key) const {
  const InfotextValue* value = find(key);
  return value == nullptr ? std::string() : to_text(*value);
}

void Infotext::set(std::string_view key, InfotextValue value) {
  const auto [place, is_new] = places_.try_emplace(std::string(key), pairs_.size());
  if (is_new) {
    pairs_.push_back({std::string(key), std::move(value)});
  } else {
    pairs_[place->second].value = std::move(value);
  }
}

void Infotext::set_default(std::string_view key, InfotextValue value) {
  if (find(key) == nullptr) set(key, std::move(value));
}

void Infotext::mark_all_stored() {
  for (Pair& pair : pairs_) pair.is_stored = true;
}

Infotext parse_infotext(std::string_view bytes) {
  if (bytes.size() > kLongestInfotext) {
    fail(ErrorCode::kCorruptFile, "generation text has {} bytes, expected at most {}", bytes.size(), kLongestInfotext);
  }
  const std::string repaired = encode_utf8(decode_utf8(bytes));
  std::string_view text = strip(repaired);
  const std::size_t last_break = text.rfind('\n');
  const std::size_t last_start = last_break == std::string_view::npos ? 0 : last_break + 1;
  const std::u32string last_line = decode_utf8(text.substr(last_start));
  const std::vector<RawPair> pairs = find_pairs(last_line);
  const bool has_parameters = pairs.size() >= kFewestParameters;

  Infotext infotext;
  if (has_parameters) {
    for (const RawPair& pair : pairs) store_pair(infotext, pair);
    text = text.substr(0, last_start == 0 ? 0 : last_break);
  }
  const Words words = split_words(text);
  infotext.set("Prompt", words.prompt);
  infotext.set("Negative prompt", words.negative);
  infotext.mark_all_stored();

  fill_defaults(infotext);
  const std::string hypernet = infotext.text("Hypernet");
  if (!hypernet.empty()) {
    const std::string strength = infotext.find("Hypernet strength") ? infotext.text("Hypernet strength") : "1.0";
    infotext.set("Prompt", fmt::format("{}<hypernet:{}:{}>", words.prompt, hypernet, strength));
  }
  restore_first_pass(infotext);
  if (uses_emphasis(words.prompt) || uses_emphasis(words.negative)) {
    infotext.set_default("Emphasis", std::string("Original"));
  }
  note_old_behaviour(infotext);
  return infotext;
}

}  // namespace fude::pipelines
