#include "tokenizers/byte_pair_merges.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <random>
#include <string>

#include "tokenizers/tables.h"

namespace fude::tokenizers {
namespace {

using Ids = std::vector<std::int32_t>;

const std::map<std::pair<int, int>, int>& ranks() {
  static const auto map = [] {
    std::map<std::pair<int, int>, int> result;
    for (std::size_t left = 0; left < tables::kFirstMerge + tables::kMergeCount; ++left) {
      for (int i = tables::kMergeStarts[left]; i < tables::kMergeStarts[left + 1]; ++i) {
        result[{static_cast<int>(left), tables::kMergeRights[i]}] = tables::kMergeRanks[i];
      }
    }
    return result;
  }();
  return map;
}

/// The definition, word for word: find the lowest pair, merge it everywhere, begin again.
Ids merged_by_definition(const std::string& word) {
  Ids ids;
  for (char byte : word) ids.push_back(tables::kIdOfByte[static_cast<unsigned char>(byte)]);
  ids.back() += tables::kWordEnd;
  for (;;) {
    auto best = ranks().end();
    for (std::size_t i = 0; i + 1 < ids.size(); ++i) {
      const auto found = ranks().find({ids[i], ids[i + 1]});
      if (found != ranks().end() && (best == ranks().end() || found->second < best->second)) best = found;
    }
    if (best == ranks().end()) return ids;
    Ids merged;
    for (std::size_t i = 0; i < ids.size(); ++i) {
      const bool is_pair = i + 1 < ids.size() && ids[i] == best->first.first && ids[i + 1] == best->first.second;
      merged.push_back(is_pair ? tables::kFirstMerge + best->second : ids[i]);
      i += is_pair ? 1 : 0;
    }
    ids = merged;
  }
}

Ids merged(const std::string& word) {
  Ids ids;
  append_byte_pair_ids(word, ids);
  return ids;
}

TEST(BytePairMerges, HasAllMerges) { EXPECT_EQ(ranks().size(), tables::kMergeCount); }

TEST(BytePairMerges, AgreesWithTheDefinition) {
  std::mt19937 random(7);
  for (const std::string alphabet :
       {"ab", "ing", "aeinrst", "abcdefghijklmnopqrstuvwxyz", "\xE3\x81\x82\x83\xF0\x9F\x98"}) {
    for (int round = 0; round < 60; ++round) {
      std::string word(1 + random() % 60, ' ');
      std::ranges::generate(word, [&] { return alphabet[random() % alphabet.size()]; });
      EXPECT_EQ(merged(word), merged_by_definition(word)) << word;
    }
  }
}

TEST(BytePairMerges, TakesVeryLongWords) {
  const std::string word(1 << 18, 'a');
  EXPECT_LT(merged(word).size(), word.size());
}

}  // namespace
}  // namespace fude::tokenizers
