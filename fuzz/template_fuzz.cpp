#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/error.h"
#include "prompt/template_expansion.h"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

fude::prompt::Wildcards wildcards(std::string_view text) {
  fude::prompt::Wildcards lists;
  lists.add({"a", fude::prompt::parse_wildcard_text(text)});
  lists.add({"b/c", {{"red", 1}, {"__a__", 0.5}, {"${x:blue}", 0}}});
  return lists;
}

}  // namespace

/// The first byte is the seed; the text up to the first zero is the prompt, the rest a list that it may draw from.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  const std::string_view all(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::string_view text = all.substr(0, all.find('\0'));
  fude::prompt::Wildcards lists = wildcards(all.substr(std::min(text.size() + 1, all.size())));
  const auto tree = fude::prompt::TemplateTree::parse(text);
  require(tree.nodes().size() <= 4 * text.size() + 1);
  try {
    fude::prompt::TemplateExpander expander(lists);
    const fude::prompt::Words words{std::string(text), ""};
    const auto drawn = expander.draw(words, {.seed = data[0], .index = data[0]});
    require(drawn.prompt.size() <= fude::prompt::kLongestExpansion + text.size());
    require(drawn == expander.draw(words, {.seed = data[0], .index = data[0]}));
    if (tree.is_plain()) require(drawn.prompt == text);
    require(expander.combinations(words, 5, {.seed = data[0]}).size() <= 5);
  } catch (const fude::Error& error) {
    require(error.code() == fude::ErrorCode::kInvalidArgument);
  }
  return 0;
}
