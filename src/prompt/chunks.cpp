#include "prompt/chunks.h"

#include <algorithm>
#include <functional>
#include <map>
#include <optional>

namespace fude::prompt {
namespace {

using tokenizers::ClipTokenizer;

struct WeightedToken {
  std::int32_t id = 0;
  double weight = 1;
  std::optional<std::size_t> word = {};  // a custom word that begins here
};

/// Finds custom words in a row of tokens.
class WordFinder {
 public:
  explicit WordFinder(std::span<const CustomWord> words) : words_(words) {
    for (std::size_t i = 0; i < words.size(); ++i) by_first_token_[words[i].tokens.front()].push_back(i);
    for (auto& [token, candidates] : by_first_token_) {
      std::ranges::stable_sort(candidates, std::greater{}, [&](std::size_t i) { return words_[i].tokens.size(); });
    }
  }

  /// The word that `tokens` begins with.
  std::optional<std::size_t> at(std::span<const std::int32_t> tokens) const {
    const auto found = by_first_token_.find(tokens.front());
    if (found == by_first_token_.end()) return std::nullopt;
    for (const std::size_t i : found->second) {
      const std::vector<std::int32_t>& name = words_[i].tokens;
      if (name.size() <= tokens.size() && std::ranges::equal(name, tokens.first(name.size()))) return i;
    }
    return std::nullopt;
  }

 private:
  std::span<const CustomWord> words_;
  std::map<std::int32_t, std::vector<std::size_t>> by_first_token_;
};

class ChunkBuilder {
 public:
  explicit ChunkBuilder(int comma_padding_backtrack)
      : backtrack_(comma_padding_backtrack > 0 ? static_cast<std::size_t>(comma_padding_backtrack) : 0) {}

  void add(WeightedToken token) {
    make_room(token.id);
    tokens_.push_back(token);
  }

  /// A custom word of `vectors` tokens, the first of which in the text is `first_id`. It begins a new chunk where the
  /// rest of this one is too short for it.
  void add_word(std::size_t word, std::size_t vectors, std::int32_t first_id, double weight) {
    make_room(first_id);
    if (tokens_.size() + vectors > kTokensPerChunk) end_chunk();
    for (std::size_t i = 0; i < vectors; ++i) tokens_.push_back({.weight = weight});
    tokens_[tokens_.size() - vectors].word = word;
  }

  void end_chunk() {
    text_.token_count += kTokensPerChunk;
    push_chunk();
  }

  ChunkedText finish() {
    if (!tokens_.empty() || text_.chunks.empty()) {
      text_.token_count += tokens_.size();
      push_chunk();
    }
    return std::move(text_);
  }

 private:
  bool is_full() const { return tokens_.size() == kTokensPerChunk; }

  void make_room(std::int32_t id) {
    if (id == ClipTokenizer::kCommaId) {
      last_comma_ = tokens_.size();
    } else if (is_full() && last_comma_ && tokens_.size() - *last_comma_ <= backtrack_) {
      const auto after_comma = tokens_.begin() + static_cast<std::ptrdiff_t>(*last_comma_) + 1;
      std::vector<WeightedToken> moved(after_comma, tokens_.end());
      tokens_.erase(after_comma, tokens_.end());
      end_chunk();
      tokens_ = std::move(moved);
    }
    if (is_full()) end_chunk();
  }

  void push_chunk() {
    TokenChunk chunk;
    chunk.tokens.fill(ClipTokenizer::kEndId);
    chunk.multipliers.fill(1.0);
    chunk.tokens[0] = ClipTokenizer::kStartId;
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
      chunk.tokens[i + 1] = tokens_[i].id;
      chunk.multipliers[i + 1] = tokens_[i].weight;
      if (tokens_[i].word) chunk.words.push_back({.position = i + 1, .word = *tokens_[i].word});
    }
    text_.chunks.push_back(chunk);
    tokens_.clear();
    last_comma_.reset();
  }

  std::size_t backtrack_;
  std::vector<WeightedToken> tokens_;
  std::optional<std::size_t>
      last_comma_;  // index in tokens_; a comma at 75 opens the next chunk and is never met again
  ChunkedText text_;
};

}  // namespace

ChunkedText chunk_pieces(const std::vector<AttentionPiece>& pieces, const ClipTokenizer& tokenizer,
                         int comma_padding_backtrack, std::span<const CustomWord> words) {
  ChunkBuilder builder(comma_padding_backtrack);
  const WordFinder finder(words);
  for (const AttentionPiece& piece : pieces) {
    if (piece.is_break()) {
      builder.end_chunk();
      continue;
    }
    const std::vector<std::int32_t> ids = tokenizer.encode(piece.text);
    for (std::size_t i = 0; i < ids.size();) {
      const auto word = finder.at(std::span(ids).subspan(i));
      if (word) {
        builder.add_word(*word, words[*word].vectors, ids[i], piece.weight);
        i += words[*word].tokens.size();
      } else {
        builder.add({.id = ids[i++], .weight = piece.weight});
      }
    }
  }
  return builder.finish();
}

ChunkedText chunk_text(std::string_view text, const ClipTokenizer& tokenizer, const ChunkOptions& options) {
  return chunk_pieces(parse_attention(text, options.emphasis), tokenizer, options.comma_padding_backtrack,
                      options.words);
}

}  // namespace fude::prompt
