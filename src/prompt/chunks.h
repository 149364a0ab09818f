#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "prompt/attention.h"
#include "tokenizers/clip_tokenizer.h"

namespace fude::prompt {

inline constexpr std::size_t kChunkLength = 77;  // what CLIP reads at once: start, 75 tokens, end
inline constexpr std::size_t kTokensPerChunk = 75;

/// A word that stands for vectors of its own: a textual inversion.
struct CustomWord {
  std::vector<std::int32_t> tokens;  // those that its name makes: it is meant wherever they stand in a row; not empty
  std::size_t vectors = 1;           // tokens it stands for, 1..75
};

/// Where in a chunk a custom word's vectors belong.
struct WordPlace {
  std::size_t position = 0;  // of the first, in TokenChunk::tokens
  std::size_t word = 0;      // its index among the custom words

  bool operator==(const WordPlace&) const = default;
};

/// One input of a CLIP text encoder.
struct TokenChunk {
  std::array<std::int32_t, kChunkLength> tokens;  // start, the tokens, end; filled up with end; custom words' are 0
  std::array<double, kChunkLength> multipliers;   // weight of each token; 1 for start, end and filling
  std::vector<WordPlace> words = {};              // by position; a word lies in one chunk

  bool operator==(const TokenChunk&) const = default;
};

struct ChunkedText {
  std::vector<TokenChunk> chunks;  // at least one
  std::size_t token_count = 0;     // tokens without filling after the last; what lies before the last chunk counts full
};

struct ChunkOptions {
  Emphasis emphasis = Emphasis::kOriginal;
  /// When a chunk is full and its last comma is at most this many tokens back, what follows the comma moves on.
  int comma_padding_backtrack = 20;  // tokens; 0 turns it off
  /// Of words that match at one place, that of most tokens is meant, of equal ones the first.
  std::span<const CustomWord> words = {};
};

/// Weighted text as chunks of 77 tokens. Each piece of equal weight is tokenized by itself. The text may be of any
/// length; it is one entry of a schedule, network tags removed (see plan.h). Encoders of the open_clip family fill with
/// 0 instead: they replace everything after the first end token.
ChunkedText chunk_text(std::string_view text, const tokenizers::ClipTokenizer& tokenizer,
                       const ChunkOptions& options = {});

/// The same from pieces of parse_attention().
ChunkedText chunk_pieces(const std::vector<AttentionPiece>& pieces, const tokenizers::ClipTokenizer& tokenizer,
                         int comma_padding_backtrack = 20, std::span<const CustomWord> words = {});

}  // namespace fude::prompt
