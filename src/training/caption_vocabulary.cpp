#include "training/caption_vocabulary.h"

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

at::Tensor CaptionVocabulary::full_embedding(const at::Tensor& compact) const {
  const auto known = static_cast<std::int64_t>(full_ids_.size());
  const at::Tensor junk = compact.narrow(0, known, junk_rows_);
  at::Tensor full = junk.index_select(0, at::arange(kFullSize, at::kLong).remainder(junk_rows_));
  full = full + kJunkNoise * at::randn(full.sizes(), at::detail::createCPUGenerator(0), at::kFloat);
  for (std::int64_t i = 0; i < known; ++i) full[full_ids_[static_cast<std::size_t>(i)]].copy_(compact[i]);
  return full;
}

}  // namespace fude::training
