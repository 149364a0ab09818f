#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace fude::tokenizers {

/// What differs between the programs that tokenize for CLIP; the vocabulary is the same for all.
struct ClipTokenizerOptions {
  /// Texts that become the start (first) and end (second) token when they are written out.
  std::array<std::string_view, 2> special_texts;
  /// Cut the text at the special texts before it is cleaned, each part then being cleaned alone.
  bool splits_at_special_texts = false;
  /// Decode HTML character references twice after text repair, which by itself leaves those near a '<' alone.
  bool unescapes_html = false;
};

/// Hugging Face's CLIPTokenizer: Stable Diffusion 1, first encoder of SDXL.
inline constexpr ClipTokenizerOptions kSd1Tokenizer{{"<|startoftext|>", "<|endoftext|>"}, true, false};
/// open_clip: Stable Diffusion 2, second encoder of SDXL.
inline constexpr ClipTokenizerOptions kSd2Tokenizer{{"<start_of_text>", "<end_of_text>"}, false, true};
/// The original CLIP release.
inline constexpr ClipTokenizerOptions kOpenAiTokenizer{{"<|startoftext|>", "<|endoftext|>"}, false, true};

/// CLIP's byte-pair tokenizer (Radford et al. 2021): text repair, white space collapsed, lower case, words, byte pairs.
/// Cheap to make and copy; safe to use from several threads.
class ClipTokenizer {
 public:
  static constexpr std::int32_t kStartId = 49406;
  static constexpr std::int32_t kEndId = 49407;
  static constexpr std::int32_t kCommaId = 267;  // a comma that ends a word

  explicit ClipTokenizer(const ClipTokenizerOptions& options = kSd1Tokenizer) : options_(options) {}

  /// Token ids of UTF-8 text, of any length, without start and end token. Broken UTF-8 counts as U+FFFD.
  std::vector<std::int32_t> encode(std::string_view text) const;

  /// Text of one token, for people to read: a token that ends a word ends in a space. Tokens may hold parts of a
  /// character, so only whole sequences are sure to be UTF-8. Empty for the start and end token and unknown ids.
  static std::string token_text(std::int32_t id);

 private:
  void encode_part(std::string_view text, std::vector<std::int32_t>& ids) const;

  ClipTokenizerOptions options_;
};

}  // namespace fude::tokenizers
