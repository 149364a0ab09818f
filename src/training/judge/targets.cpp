#include "training/judge/targets.h"

#include <algorithm>

namespace fude::judge {

std::vector<std::int64_t> targets_of(const painter::Character& character) {
  painter::Character seen = character;
  // A picture that says nothing of its quality looks like a masterpiece.
  if (seen.quality == painter::Quality::kPlain) seen.quality = painter::Quality::kMasterpiece;
  std::vector<std::int64_t> targets;
  for (const painter::AttributeGroup& group : painter::attribute_groups())
    targets.push_back(painter::is_visible(group, seen) ? group.get(seen) : kNotShown);
  return targets;
}

at::Tensor is_good(const at::Tensor& targets) {
  const auto groups = painter::attribute_groups();
  const auto quality = std::ranges::find(groups, "quality", &painter::AttributeGroup::name) - groups.begin();
  return targets.select(1, quality).ne(static_cast<std::int64_t>(painter::Quality::kWorst));
}

std::vector<std::int64_t> answer_counts() {
  std::vector<std::int64_t> counts;
  for (const painter::AttributeGroup& group : painter::attribute_groups())
    counts.push_back(static_cast<std::int64_t>(group.values.size()));
  return counts;
}

}  // namespace fude::judge
