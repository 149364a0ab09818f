#include "pipelines/file_name.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <ctime>
#include <map>

#include "core/ascii.h"
#include "core/hash.h"
#include "core/local_time.h"
#include "core/unicode.h"

namespace fude::pipelines {
namespace {

constexpr std::size_t kLongestPart = 128;                                // characters
constexpr std::size_t kLongestPartBytes = 180, kLongestComponent = 220;  // of the 255 that a name may have

using Arguments = std::vector<std::string>;

/// What stands for a token. Absent: the token does not apply and takes the text before it along.
using Value = std::optional<std::string>;

std::string underscored(std::string text) {
  std::ranges::replace(text, ' ', '_');
  return text;
}

std::string digest(std::string_view text, const Arguments& arguments) {
  std::size_t length = 8;
  if (!arguments.empty()) {
    const std::string& wanted = arguments.front();
    std::from_chars(wanted.data(), wanted.data() + wanted.size(), length);
  }
  return sha256_hex(std::as_bytes(std::span(text))).substr(0, length);
}

std::string formatted_time(std::int64_t moment, const Arguments& arguments) {
  const std::string format = arguments.empty() || arguments[0].empty() ? "%Y%m%d%H%M%S" : arguments[0];
  const std::string_view zone = arguments.size() > 1 ? std::string_view(arguments[1]) : std::string_view();
  const auto parts = time_in_zone(moment, zone);
  const std::tm broken_down = parts ? *parts : *time_in_zone(moment);
  std::array<char, 256> text{};
  const std::size_t length = std::strftime(text.data(), text.size(), format.c_str(), &broken_down);
  return file_name_part({text.data(), length});
}

// The first eight words, without signs.
std::string first_words(std::string_view prompt) {
  constexpr std::size_t kMostWords = 8;
  std::vector<std::string> words;
  std::u32string word;
  const auto finish = [&] {
    if (!word.empty()) words.push_back(encode_utf8(word));
    word.clear();
  };
  for (const char32_t c : decode_utf8(prompt)) {
    const bool is_sign =
        (c > 0x20 && c < 0x7F && !(c >= U'0' && c <= U'9') && !(c >= U'A' && c <= U'Z') && !(c >= U'a' && c <= U'z'));
    if (is_sign || is_space(c)) {
      finish();
    } else {
      word += c;
    }
    if (words.size() == kMostWords) break;
  }
  finish();
  if (words.empty()) return "empty";
  words.resize(std::min(words.size(), kMostWords));
  return file_name_part(fmt::format("{}", fmt::join(words, " ")));
}

// [hasprompt<girl><cat|pet>]: "girl" when the prompt has it; "cat", or else "pet".
std::string words_that_occur(std::string_view prompt, const Arguments& arguments) {
  const std::string lower = encode_utf8(to_lower(decode_utf8(prompt)));
  std::string found;
  for (const std::string& argument : arguments) {
    const std::size_t bar = argument.find('|');
    const std::string expected = encode_utf8(to_lower(decode_utf8(std::string_view(argument).substr(0, bar))));
    if (expected.empty()) continue;
    if (lower.find(expected) != std::string::npos) {
      found += expected;
    } else if (bar != std::string::npos) {
      found += argument.substr(bar + 1, argument.find('|', bar + 1) - bar - 1);
    }
  }
  return file_name_part(found);
}

Value number_of_batch(const NamingFacts& facts) {
  return facts.batch_size == 1 ? Value() : fmt::format("{}", facts.batch_number);
}

Value number_of_generation(const NamingFacts& facts) {
  return facts.generation_count == 1 ? Value() : fmt::format("{}", facts.generation_number);
}

Value seed_of_batch(const NamingFacts& facts, std::int64_t seed) {
  return facts.batch_size == 1 ? Value() : fmt::format("{}", seed);
}

Value denoising(const NamingFacts& facts) {
  const std::string text = facts.infotext.text("Denoising strength");
  return text.empty() || text == "0" ? Value() : text;
}

std::string styles(const NamingFacts& facts) {
  return file_name_part(facts.styles.empty() ? "None" : fmt::format("{}", fmt::join(facts.styles, ", ")));
}

std::string prompt_of(const NamingFacts& facts) { return facts.infotext.text("Prompt"); }

std::string negative_of(const NamingFacts& facts) { return facts.infotext.text("Negative prompt"); }

std::string words_without_styles(const NamingFacts& facts) {
  return file_name_part(facts.prompt_without_styles.empty() ? prompt_of(facts) : facts.prompt_without_styles);
}

using Token = Value (*)(const NamingFacts& facts, const Arguments& arguments);

// Rows of one line each; a token that is a pair of the picture's text names the pair.
const std::map<std::string_view, Token>& tokens() {
  using Facts = const NamingFacts&;
  using Args = const Arguments&;
  static const std::map<std::string_view, Token> kTokens{
      {"seed", [](Facts f, Args) -> Value { return fmt::format("{}", f.seed); }},
      {"seed_first", [](Facts f, Args) { return seed_of_batch(f, f.seed_first); }},
      {"seed_last", [](Facts f, Args) { return seed_of_batch(f, f.seed_last); }},
      {"steps", [](Facts f, Args) -> Value { return f.infotext.text("Steps"); }},
      {"cfg", [](Facts f, Args) -> Value { return f.infotext.text("CFG scale"); }},
      {"sampler", [](Facts f, Args) -> Value { return file_name_part(f.infotext.text("Sampler")); }},
      {"scheduler", [](Facts f, Args) -> Value { return file_name_part(f.infotext.text("Schedule type")); }},
      {"sampler_scheduler",
       [](Facts f, Args) -> Value {
         return file_name_part(f.infotext.text("Sampler") + ' ' + f.infotext.text("Schedule type"));
       }},
      {"styles", [](Facts f, Args) -> Value { return styles(f); }},
      {"width", [](Facts f, Args) -> Value { return f.infotext.text("Size-1"); }},
      {"height", [](Facts f, Args) -> Value { return f.infotext.text("Size-2"); }},
      {"model_hash", [](Facts f, Args) -> Value { return f.infotext.text("Model hash"); }},
      {"model_name", [](Facts f, Args) -> Value { return file_name_part(f.infotext.text("Model")); }},
      {"vae_filename", [](Facts f, Args) -> Value { return file_name_part(f.infotext.text("VAE")); }},
      {"clip_skip", [](Facts f, Args) -> Value { return f.infotext.text("Clip skip"); }},
      {"denoising", [](Facts f, Args) { return denoising(f); }},
      {"user", [](Facts f, Args) -> Value { return file_name_part(f.user); }},
      {"date", [](Facts f, Args) -> Value { return formatted_time(f.saved_at, {"%Y-%m-%d"}); }},
      {"datetime", [](Facts f, Args a) -> Value { return formatted_time(f.saved_at, a); }},
      {"job_timestamp", [](Facts f, Args) -> Value { return formatted_time(f.job_started_at, {}); }},
      {"prompt", [](Facts f, Args) -> Value { return file_name_part(underscored(prompt_of(f))); }},
      {"prompt_spaces", [](Facts f, Args) -> Value { return file_name_part(prompt_of(f)); }},
      {"prompt_no_styles", [](Facts f, Args) -> Value { return words_without_styles(f); }},
      {"prompt_words", [](Facts f, Args) -> Value { return first_words(prompt_of(f)); }},
      {"prompt_hash", [](Facts f, Args a) -> Value { return digest(prompt_of(f), a); }},
      {"negative_prompt_hash", [](Facts f, Args a) -> Value { return digest(negative_of(f), a); }},
      {"full_prompt_hash", [](Facts f, Args a) -> Value { return digest(prompt_of(f) + ' ' + negative_of(f), a); }},
      {"image_hash",
       [](Facts f, Args a) -> Value {
         return digest({reinterpret_cast<const char*>(f.pixels.data()), f.pixels.size()}, a);
       }},
      {"hasprompt", [](Facts f, Args a) -> Value { return words_that_occur(prompt_of(f), a); }},
      {"batch_number", [](Facts f, Args) { return number_of_batch(f); }},
      {"batch_size", [](Facts f, Args) -> Value { return fmt::format("{}", f.batch_size); }},
      {"generation_number", [](Facts f, Args) { return number_of_generation(f); }},
      {"basename", [](Facts f, Args) -> Value { return file_name_part(f.base_name); }},
      {"none", [](Facts, Args) -> Value { return std::string(); }},
  };
  return kTokens;
}

struct TokenText {
  std::string name;
  Arguments arguments;
};

// "datetime<%H><UTC>" as name and arguments.
TokenText split_token(std::string_view text) {
  TokenText token;
  while (text.ends_with('>')) {
    const std::size_t open = text.rfind('<');
    if (open == std::string_view::npos) break;
    token.arguments.emplace(token.arguments.begin(), text.substr(open + 1, text.size() - open - 2));
    text = text.substr(0, open);
  }
  token.name = ascii_lower(text);
  return token;
}

bool is_forbidden(char32_t c) {
  constexpr std::u32string_view kForbidden = U"#<>:\"/\\|?*";
  return c < 0x20 || c == 0x7F || kForbidden.find(c) != std::u32string_view::npos;
}

// A cut in bytes that parts no character.
std::string_view cut(std::string_view text, std::size_t most) {
  if (text.size() <= most) return text;
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0) == 0x80) --most;
  return text.substr(0, most);
}

std::string without_dots_at_end(std::string text) {
  while (!text.empty() && (text.back() == ' ' || text.back() == '.')) text.pop_back();
  return text;
}

}  // namespace

std::string file_name_part(std::string_view text) {
  std::u32string characters = decode_utf8(text);
  characters.resize(std::min(characters.size(), 2 * kLongestPart));  // more cannot stay
  for (char32_t& c : characters) c = is_forbidden(c) ? U'_' : c;
  characters.erase(0, std::min(characters.find_first_not_of(U' '), characters.size()));
  characters.resize(std::min(characters.size(), kLongestPart));
  return without_dots_at_end(std::string(cut(encode_utf8(characters), kLongestPartBytes)));
}

std::string apply_name_pattern(std::string_view pattern, const NamingFacts& facts) {
  std::string name;
  std::string_view before = pattern;  // not yet written
  std::size_t close = pattern.find(']');
  while (close != std::string_view::npos) {
    const std::size_t open = before.substr(0, close).rfind('[');
    if (open == std::string_view::npos) {
      close = before.find(']', close + 1);
      continue;
    }
    const TokenText token = split_token(before.substr(open + 1, close - open - 1));
    const auto found = tokens().find(token.name);
    if (found == tokens().end()) {
      name += before.substr(0, close + 1);
    } else if (const Value value = found->second(facts, token.arguments)) {
      name += fmt::format("{}{}", before.substr(0, open), *value);
    }
    before.remove_prefix(close + 1);
    close = before.find(']');
  }
  return name + std::string(before);
}

std::string confined_path(std::string_view path) {
  std::string confined;
  while (!path.empty()) {
    const std::size_t end = std::min(path.find_first_of("/\\"), path.size());
    std::string_view part = path.substr(0, end);
    path.remove_prefix(std::min(end + 1, path.size()));
    part.remove_prefix(std::min(part.find_first_not_of(". "), part.size()));
    std::u32string characters = decode_utf8(cut(part, kLongestComponent));
    for (char32_t& c : characters) c = is_forbidden(c) ? U'_' : c;
    const std::string component = without_dots_at_end(encode_utf8(characters));
    if (!component.empty()) confined += (confined.empty() ? "" : "/") + component;
  }
  return confined;
}

}  // namespace fude::pipelines
