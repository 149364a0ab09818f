#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace fude::prompt {

/// What the weights of a prompt do (web UI setting `emphasis`).
enum class Emphasis {
  kOriginal,  // the encoded tokens are multiplied, then the chunk is rescaled to the mean it had
  kNoNorm,    // they are multiplied
  kIgnore,    // brackets are understood, weights have no effect
  kNone,      // brackets are ordinary text
};

/// Reads "Original", "No norm", "Ignore", "None", in any case, also with '-' or '_' for the space.
/// Throws Error(kInvalidArgument).
Emphasis parse_emphasis(std::string_view name);

/// Text that has one weight.
struct AttentionPiece {
  std::string text;
  double weight = 1.0;  // factor on the encoded tokens; any finite number

  /// The word BREAK, which ends a chunk. A BREAK inside weighted brackets is ordinary text with that weight.
  bool is_break() const { return weight == -1.0 && text == "BREAK"; }

  bool operator==(const AttentionPiece&) const = default;
};

/// Splits a prompt by weight: (text) is multiplied by 1.1, [text] divided by it, (text:1.3) multiplied by the number;
/// brackets nest, a backslash makes them literal, unclosed ones reach to the end. Neighbours of equal weight are one
/// piece. BREAK is a piece of its own. Never empty: the empty prompt is one empty piece.
/// Brackets nested deeper than 1000 are read but change nothing, which bounds the time.
/// With Emphasis::kNone the whole text is one piece. Source: web UI 1.10, prompt grammar.
std::vector<AttentionPiece> parse_attention(std::string_view text, Emphasis emphasis = Emphasis::kOriginal);

}  // namespace fude::prompt
