#include "prompt/chunks.h"

#include <algorithm>
#include <optional>

namespace fude::prompt {
namespace {

using tokenizers::ClipTokenizer;

struct WeightedToken {
  std::int32_t id;
  double weight;
};

class ChunkBuilder {
 public:
  explicit ChunkBuilder(int comma_padding_backtrack)
      : backtrack_(comma_padding_backtrack > 0 ? static_cast<std::size_t>(comma_padding_backtrack) : 0) {}

  void add(WeightedToken token) {
    if (token.id == ClipTokenizer::kCommaId) {
      last_comma_ = tokens_.size();
    } else if (is_full() && last_comma_ && tokens_.size() - *last_comma_ <= backtrack_) {
      const auto after_comma = tokens_.begin() + static_cast<std::ptrdiff_t>(*last_comma_) + 1;
      std::vector<WeightedToken> moved(after_comma, tokens_.end());
      tokens_.erase(after_comma, tokens_.end());
      end_chunk();
      tokens_ = std::move(moved);
    }
    if (is_full()) end_chunk();
    tokens_.push_back(token);
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

  void push_chunk() {
    TokenChunk chunk;
    chunk.tokens.fill(ClipTokenizer::kEndId);
    chunk.multipliers.fill(1.0);
    chunk.tokens[0] = ClipTokenizer::kStartId;
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
      chunk.tokens[i + 1] = tokens_[i].id;
      chunk.multipliers[i + 1] = tokens_[i].weight;
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
                         int comma_padding_backtrack) {
  ChunkBuilder builder(comma_padding_backtrack);
  for (const AttentionPiece& piece : pieces) {
    if (piece.is_break()) {
      builder.end_chunk();
      continue;
    }
    for (std::int32_t id : tokenizer.encode(piece.text)) builder.add({id, piece.weight});
  }
  return builder.finish();
}

ChunkedText chunk_text(std::string_view text, const ClipTokenizer& tokenizer, const ChunkOptions& options) {
  return chunk_pieces(parse_attention(text, options.emphasis), tokenizer, options.comma_padding_backtrack);
}

}  // namespace fude::prompt
