#include "training/caption_drawing.h"

#include <algorithm>

namespace fude::training {
namespace {

using Ids = std::vector<std::int64_t>;

bool contains(const std::vector<std::string>& tags, const std::string& tag) {
  return std::find(tags.begin(), tags.end(), tag) != tags.end();
}

/// Fisher and Yates, from the last place down; std::shuffle differs between libraries.
void shuffle(std::vector<std::string>& tags, painter::Random& random) {
  for (std::size_t i = tags.size(); i > 1; --i)
    std::swap(tags[i - 1], tags[static_cast<std::size_t>(random.below(static_cast<int>(i)))]);
}

/// Keeps the subject and one other tag.
void keep_single(std::vector<std::string>& tags, const CaptionConfig& config, painter::Random& random) {
  std::vector<std::string> others;
  for (const std::string& tag : tags)
    if (!contains(config.subject_tags, tag)) others.push_back(tag);
  if (others.empty()) return;
  const std::string kept = others[static_cast<std::size_t>(random.below(static_cast<int>(others.size())))];
  std::erase_if(tags, [&](const std::string& tag) { return tag != kept && !contains(config.subject_tags, tag); });
}

void drop_some(std::vector<std::string>& tags, const CaptionConfig& config, painter::Random& random) {
  if (config.tag_dropout.empty()) return;
  const double rate =
      config.tag_dropout[static_cast<std::size_t>(random.below(static_cast<int>(config.tag_dropout.size())))];
  std::erase_if(tags,
                [&](const std::string& tag) { return random.chance(rate) && !contains(config.subject_tags, tag); });
}

void insert_junk(std::vector<Ids>& tags, const CaptionVocabulary& vocabulary, painter::Random& random) {
  const int words = 1 + random.below(3);
  for (int i = 0; i < words; ++i) {
    Ids word;
    const int length = 1 + random.below(2);
    for (int k = 0; k < length; ++k)
      word.push_back(vocabulary.junk_id(random.below(static_cast<int>(vocabulary.junk_rows()))));
    tags.insert(tags.begin() + random.below(static_cast<int>(tags.size()) + 1), word);
  }
}

}  // namespace

std::vector<std::int64_t> draw_caption(const std::vector<std::string>& tags, const CaptionVocabulary& vocabulary,
                                       const CaptionConfig& config, double progress, painter::Random& random) {
  if (random.chance(config.dropout)) return vocabulary.caption_ids(std::vector<Ids>{});
  std::vector<std::string> quality, rest;
  for (const std::string& tag : tags) (contains(config.quality_tags, tag) ? quality : rest).push_back(tag);

  const bool is_single = random.chance(config.single_tag);
  if (is_single) keep_single(rest, config, random);
  if (progress >= config.simple_share) {
    if (random.chance(config.shuffle)) shuffle(rest, random);
    if (!is_single) drop_some(rest, config, random);
    if (random.chance(config.quality_dropout)) quality.clear();
  }
  std::vector<Ids> ids;
  for (const std::string& tag : quality) ids.push_back(vocabulary.tag_ids(tag));
  for (const std::string& tag : rest) ids.push_back(vocabulary.tag_ids(tag));
  if (vocabulary.junk_rows() > 0 && random.chance(config.junk)) insert_junk(ids, vocabulary, random);
  return vocabulary.caption_ids(ids);
}

}  // namespace fude::training
