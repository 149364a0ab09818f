#include "training/painter/captions.h"

#include <algorithm>
#include <set>

#include "core/error.h"

namespace fude::painter {
namespace {

std::string colored(std::string_view color, std::string_view noun) { return fmt::format("{} {}", color, noun); }

/// Calls visit(character) with characters that together wear every noun of the table.
template <typename Visit>
void for_each_noun_bearer(Visit visit) {
  for (const AttributeGroup& group : attribute_groups()) {
    for (int value = 0; value < static_cast<int>(group.values.size()); ++value) {
      Character character;
      group.set(character, value);
      visit(character);
    }
  }
}

/// The nouns that can follow a colour of this group.
std::set<std::string_view> nouns_of(const AttributeGroup& group) {
  std::set<std::string_view> nouns;
  for_each_noun_bearer([&](const Character& character) {
    if (const std::string_view noun = group.noun(character); !noun.empty()) nouns.insert(noun);
  });
  return nouns;
}

bool is_drawn(const AttributeValue& value) { return value.girl_weight > 0 || value.boy_weight > 0; }

/// All of the value's tags are there.
bool is_named(const AttributeValue& value, const std::set<std::string>& tags) {
  return std::ranges::all_of(value.tags, [&](std::string_view tag) { return tags.contains(std::string(tag)); });
}

/// The most specific value named by the tags: "open mouth, smile, :d" is more than "smile". -1: none.
int value_named(const AttributeGroup& group, const std::set<std::string>& tags) {
  int best = -1;
  std::size_t most = 0;
  for (int i = 0; i < static_cast<int>(group.values.size()); ++i) {
    const AttributeValue& value = group.values[i];
    if (value.tags.empty() ? best >= 0 : value.tags.size() <= most || !is_named(value, tags)) continue;
    best = i;
    most = value.tags.size();
  }
  return best;
}

int color_named(const AttributeGroup& group, std::string_view noun, const std::set<std::string>& tags) {
  for (int i = 0; i < static_cast<int>(group.values.size()); ++i)
    if (tags.contains(colored(group.values[i].name, noun))) return i;
  return -1;
}

void reject_unknown(const std::set<std::string>& tags) {
  static const std::vector<std::string> known = all_tags();
  for (const std::string& tag : tags)
    if (!std::ranges::binary_search(known, tag))
      fail(ErrorCode::kInvalidArgument, "tag '{}' is none that the painter knows", printable(tag));
}

}  // namespace

std::vector<std::string> group_tags(const AttributeGroup& group, const Character& character) {
  if (!is_visible(group, character)) return {};
  const AttributeValue& value = group.values.at(group.get(character));
  if (group.noun != nullptr) return {colored(value.name, group.noun(character))};
  return {value.tags.begin(), value.tags.end()};
}

std::vector<std::string> caption_tags(const Character& character) {
  std::vector<std::string> tags;
  for (const AttributeGroup& group : attribute_groups())
    for (std::string& tag : group_tags(group, character))
      if (std::ranges::find(tags, tag) == tags.end()) tags.push_back(std::move(tag));
  return tags;
}

std::string caption(const Character& character) { return fmt::format("{}", fmt::join(caption_tags(character), ", ")); }

std::vector<std::string> all_tags() {
  std::set<std::string> tags;
  for (const AttributeGroup& group : attribute_groups()) {
    for (const AttributeValue& value : group.values) {
      if (!is_drawn(value)) continue;
      tags.insert(value.tags.begin(), value.tags.end());
      if (group.noun == nullptr) continue;
      for (std::string_view noun : nouns_of(group)) tags.insert(colored(value.name, noun));
    }
  }
  for (std::string_view color : {"red", "green", "yellow", "pink", "purple"}) tags.erase(colored(color, "gakuran"));
  return {tags.begin(), tags.end()};
}

Character character_from_tags(std::span<const std::string> list) {
  const std::set<std::string> tags(list.begin(), list.end());
  reject_unknown(tags);
  Character character;
  for (const AttributeGroup& group : attribute_groups())
    if (group.noun == nullptr) group.set(character, std::max(0, value_named(group, tags)));
  for (const AttributeGroup& group : attribute_groups()) {
    if (group.noun == nullptr || group.noun(character).empty()) continue;
    if (const int color = color_named(group, group.noun(character), tags); color >= 0) group.set(character, color);
  }
  return character;
}

std::vector<std::string> split_tags(std::string_view caption) {
  constexpr std::string_view kBlank = " \t\r\n";
  std::vector<std::string> tags;
  while (!caption.empty()) {
    std::string_view piece = caption.substr(0, caption.find(','));
    caption.remove_prefix(std::min(caption.size(), piece.size() + 1));
    piece.remove_prefix(std::min(piece.size(), piece.find_first_not_of(kBlank)));
    piece = piece.substr(0, piece.find_last_not_of(kBlank) + 1);
    if (!piece.empty()) tags.emplace_back(piece);
  }
  return tags;
}

}  // namespace fude::painter
