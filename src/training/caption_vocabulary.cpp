#include "training/caption_vocabulary.h"

#include <algorithm>
#include <set>

#include "tokenizers/clip_tokenizer.h"

namespace fude::training {
namespace {

using tokenizers::ClipTokenizer;

constexpr double kJunkNoise = 0.02;

}  // namespace

CaptionVocabulary::CaptionVocabulary(const std::vector<std::string>& tags, std::int64_t junk_rows)
    : junk_rows_(junk_rows) {
  const ClipTokenizer tokenizer;
  std::set<std::int32_t> used = {ClipTokenizer::kCommaId};
  for (const std::string& tag : tags)
    for (const std::int32_t id : tokenizer.encode(tag)) used.insert(id);

  full_ids_ = {ClipTokenizer::kStartId, ClipTokenizer::kEndId};
  full_ids_.insert(full_ids_.end(), used.begin(), used.end());
  for (std::size_t i = 0; i < full_ids_.size(); ++i) compact_ids_[full_ids_[i]] = static_cast<std::int64_t>(i);
  for (const std::string& tag : tags) tags_[tag] = tag_ids(tag);
}

std::int64_t CaptionVocabulary::compact_id(std::int32_t full_id) const {
  const auto found = compact_ids_.find(full_id);
  return found != compact_ids_.end() ? found->second : junk_id(full_id % junk_rows_);
}

std::vector<std::int64_t> CaptionVocabulary::tag_ids(const std::string& tag) const {
  if (const auto known = tags_.find(tag); known != tags_.end()) return known->second;
  std::vector<std::int64_t> ids;
  for (const std::int32_t id : ClipTokenizer().encode(tag)) ids.push_back(compact_id(id));
  return ids;
}

std::vector<std::int64_t> CaptionVocabulary::caption_ids(const std::vector<std::vector<std::int64_t>>& tags) const {
  std::vector<std::int64_t> ids = {compact_id(ClipTokenizer::kStartId)};
  for (const auto& tag : tags) {
    if (ids.size() > 1) ids.push_back(compact_id(ClipTokenizer::kCommaId));
    ids.insert(ids.end(), tag.begin(), tag.end());
  }
  if (ids.size() >= kLength) ids.resize(kLength - 1);
  ids.resize(kLength, compact_id(ClipTokenizer::kEndId));
  return ids;
}

std::vector<std::int64_t> CaptionVocabulary::caption_ids(const std::vector<std::string>& tags) const {
  std::vector<std::vector<std::int64_t>> ids;
  for (const std::string& tag : tags) ids.push_back(tag_ids(tag));
  return caption_ids(ids);
}

at::Tensor CaptionVocabulary::full_ids() const {
  return at::tensor(std::vector<std::int64_t>(full_ids_.begin(), full_ids_.end()), at::kLong);
}

at::Tensor full_embedding(const at::Tensor& compact, const at::Tensor& full_ids) {
  const std::int64_t known = full_ids.size(0), junk_rows = compact.size(0) - known;
  const at::Tensor junk = compact.narrow(0, known, junk_rows);
  at::Tensor full = junk.index_select(0, at::arange(CaptionVocabulary::kFullSize, at::kLong).remainder(junk_rows));
  full = full + kJunkNoise * at::randn(full.sizes(), at::detail::createCPUGenerator(0), at::kFloat);
  return full.index_copy(0, full_ids, compact.narrow(0, 0, known));
}

at::Tensor carry_rows_over(const at::Tensor& old_rows, const at::Tensor& old_ids, const at::Tensor& fresh,
                           const at::Tensor& ids) {
  at::Tensor rows = fresh.clone();
  for (std::int64_t i = 0; i < ids.size(0); ++i) {
    const at::Tensor found = (old_ids == ids[i]).nonzero();
    if (found.size(0) > 0) rows[i].copy_(old_rows[found[0][0].item<std::int64_t>()]);
  }
  const std::int64_t junk = std::min(old_rows.size(0) - old_ids.size(0), rows.size(0) - ids.size(0));
  rows.narrow(0, ids.size(0), junk).copy_(old_rows.narrow(0, old_ids.size(0), junk));
  return rows;
}

}  // namespace fude::training
