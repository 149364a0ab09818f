#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace fude::pipelines {

using InfotextValue = std::variant<std::string, std::int64_t, bool>;

/// The text stored with a picture, taken apart: keys in the text's order, each once, a later one wins.
/// "Size: 512x768" is kept as Size-1 and Size-2; the words are under "Prompt" and "Negative prompt".
class Infotext {
 public:
  /// nullptr when absent.
  const InfotextValue* find(std::string_view key) const;
  /// The value as text (True, 32, ...); empty when absent.
  std::string text(std::string_view key) const;
  void set(std::string_view key, InfotextValue value);
  void set_default(std::string_view key, InfotextValue value);

  struct Pair {
    std::string key;
    InfotextValue value;
    bool is_stored = false;  // stood in the text; false: filled in for what its absence means
  };
  const std::vector<Pair>& pairs() const { return pairs_; }
  void mark_all_stored();

 private:
  std::vector<Pair> pairs_;
  std::map<std::string, std::size_t, std::less<>> places_;
};

std::string to_text(const InfotextValue& value);

/// Longer texts are refused.
inline constexpr std::size_t kLongestInfotext = std::size_t{4} << 20;

/// Takes a text apart by the web UI's rules (v1.10). Besides the keys found the result holds what the absence of
/// others means ("Clip skip" "1", "RNG" "GPU", ...) and what the writing version implies. The last line counts as
/// parameters when it has at least three; everything else is words.
/// Never fails on what a text says, only on its length: Error(kCorruptFile). Time grows with the length only. Bytes
/// that are no UTF-8 become U+FFFD.
Infotext parse_infotext(std::string_view bytes);

}  // namespace fude::pipelines
