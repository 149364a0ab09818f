#pragma once

#include <ATen/ATen.h>

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

namespace fude::training {

/// The few tokens that a data set's captions use, renumbered from 0, so that only their rows of the embedding table are
/// trained; and some junk rows, put into captions at random: words that the model never saw get their values on export
/// and become harmless.
class CaptionVocabulary {
 public:
  static constexpr std::int64_t kFullSize = 49408;  // CLIP's
  static constexpr std::int64_t kLength = 77;       // of a caption, start and end token included

  /// `tags`: every tag that the data set has, each once.
  CaptionVocabulary(const std::vector<std::string>& tags, std::int64_t junk_rows);

  /// Rows of the compact embedding table: known tokens, then junk.
  std::int64_t rows() const { return static_cast<std::int64_t>(full_ids_.size()) + junk_rows_; }
  std::int64_t junk_rows() const { return junk_rows_; }
  std::int64_t junk_id(std::int64_t junk) const { return static_cast<std::int64_t>(full_ids_.size()) + junk; }

  /// Compact ids of one tag; words outside the data set become junk.
  std::vector<std::int64_t> tag_ids(const std::string& tag) const;

  /// A whole caption of kLength ids: start, the tags with commas between them, end, padded with end. What does not fit
  /// is cut.
  std::vector<std::int64_t> caption_ids(const std::vector<std::vector<std::int64_t>>& tags) const;
  std::vector<std::int64_t> caption_ids(const std::vector<std::string>& tags) const;

  /// CLIP's id of each known row [known] int64; junk rows come after these.
  at::Tensor full_ids() const;

 private:
  std::int64_t compact_id(std::int32_t full_id) const;

  std::vector<std::int32_t> full_ids_;  // by compact id; start and end token first
  std::unordered_map<std::int32_t, std::int64_t> compact_ids_;
  std::map<std::string, std::vector<std::int64_t>> tags_;
  std::int64_t junk_rows_;
};

/// Compact embedding [rows, D] whose first rows are the tokens `full_ids` [known] -> [CaptionVocabulary::kFullSize, D]:
/// known rows at their place, elsewhere a junk row (there is at least one) plus a little noise.
at::Tensor full_embedding(const at::Tensor& compact, const at::Tensor& full_ids);

/// Rows of an older compact table [.., D] as the table of another vocabulary: tokens of both and junk rows keep theirs,
/// the others are as in `fresh` [rows, D]. Without this a change of the tags would give every word another word's
/// meaning.
at::Tensor carry_rows_over(const at::Tensor& old_rows, const at::Tensor& old_ids, const at::Tensor& fresh,
                           const at::Tensor& ids);

}  // namespace fude::training
