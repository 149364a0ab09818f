#include "pipelines/comparison/prompt_change.h"

#include <algorithm>
#include <utility>

#include "core/error.h"

namespace fude::pipelines::comparison {
namespace {

constexpr std::size_t kLongestPrompt = 1 << 20;  // bytes

}  // namespace

std::size_t replace_all(std::string& text, std::string_view search, std::string_view replacement) {
  if (search.empty()) return 0;
  std::string result;
  std::size_t count = 0, done = 0;
  for (std::size_t found; (found = text.find(search, done)) != text.npos; done = found + search.size(), ++count) {
    result.append(text, done, found - done).append(replacement);
    if (result.size() > kLongestPrompt) {
      fail(ErrorCode::kInvalidArgument, "the prompt with '{}' grows beyond {} bytes", printable(replacement, 60),
           kLongestPrompt);
    }
  }
  if (count > 0) text = result.append(text, done);
  return count;
}

std::string reordered(const std::string& prompt, const std::vector<std::string>& fragments) {
  std::vector<std::pair<std::size_t, std::size_t>> places;  // where, how long
  for (const std::string& fragment : fragments) {
    const std::size_t place = prompt.find(fragment);
    if (fragment.empty() || place == prompt.npos) {
      fail(ErrorCode::kInvalidArgument, "'{}' is not in the prompt, expected one of its fragments",
           printable(fragment, 60));
    }
    places.emplace_back(place, fragment.size());
  }
  std::ranges::sort(places);
  std::string result;
  std::size_t done = 0;
  for (std::size_t i = 0; i < places.size(); ++i) {
    const std::size_t place = std::max(places[i].first, done);
    result.append(prompt, done, place - done).append(fragments[i]);
    done = std::max(done, places[i].first + places[i].second);
  }
  return result.append(prompt, done);
}

}  // namespace fude::pipelines::comparison
