#include "models/adapters/trained_words.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/ascii.h"

namespace fude::models {
namespace {

using Json = nlohmann::json;

constexpr int64_t kLargestCount = 1'000'000'000;

// {"folder": {"tag": count, ..}, ..}
std::map<std::string, int64_t> tag_counts(const std::string& text) {
  std::map<std::string, int64_t> counts;
  const Json folders = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!folders.is_object()) return counts;
  for (const Json& folder : folders) {
    if (!folder.is_object()) continue;
    for (const auto& [tag, count] : folder.items()) {
      if (!count.is_number_integer()) continue;
      const auto number = std::clamp<int64_t>(count.get<int64_t>(), 0, kLargestCount);
      counts[std::string(trimmed(tag, " "))] += number;
    }
  }
  return counts;
}

}  // namespace

std::vector<TrainedWord> trained_words(const std::map<std::string, std::string>& metadata, std::size_t most) {
  std::vector<TrainedWord> words;
  if (const auto entry = metadata.find("ss_tag_frequency"); entry != metadata.end()) {
    for (auto& [tag, count] : tag_counts(entry->second)) words.push_back({tag, count});
  }
  std::ranges::stable_sort(words, std::greater{}, &TrainedWord::count);
  const auto phrase = metadata.find("modelspec.trigger_phrase");
  if (phrase != metadata.end() && !phrase->second.empty()) words.insert(words.begin(), {phrase->second, 0});
  if (words.size() > most) words.resize(most);
  return words;
}

}  // namespace fude::models
