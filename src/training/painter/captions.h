#pragma once

#include <span>
#include <string>
#include <vector>

#include "training/painter/character.h"

namespace fude::painter {

/// The tags of one group as the caption says them; empty when the group is not visible or goes without saying.
std::vector<std::string> group_tags(const AttributeGroup& group, const Character& character);

/// Danbooru-style tags of what the picture shows, quality first, each once, in the order of the table.
std::vector<std::string> caption_tags(const Character& character);

/// The tags joined with ", ".
std::string caption(const Character& character);

/// Every tag that some consistent character can have, sorted.
std::vector<std::string> all_tags();

/// The character that a full caption describes (variation 0). A group that no tag names takes the value that goes
/// without saying, or its first one. Throws Error(kInvalidArgument) on a tag that no caption contains.
Character character_from_tags(std::span<const std::string> tags);

/// Splits "a, b, c" at commas and trims spaces and line ends; empty pieces are dropped.
std::vector<std::string> split_tags(std::string_view caption);

}  // namespace fude::painter
