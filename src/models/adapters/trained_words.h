#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace fude::models {

/// A tag of the captions that an adapter was trained with.
struct TrainedWord {
  std::string tag;
  int64_t count = 0;  // pictures that had it

  bool operator==(const TrainedWord&) const = default;
};

/// The tags that kohya's scripts leave in the metadata ("ss_tag_frequency", counts of all folders added up), the most
/// frequent first, at most `most` of them. A trigger phrase ("modelspec.trigger_phrase") comes before all, without a
/// count. Metadata that is none of these gives no words.
std::vector<TrainedWord> trained_words(const std::map<std::string, std::string>& metadata, std::size_t most);

}  // namespace fude::models
