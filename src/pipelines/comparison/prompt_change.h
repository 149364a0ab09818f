#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace fude::pipelines::comparison {

/// Every `search` in the text replaced; capitals count. How often it was there. Throws Error(kInvalidArgument) when the
/// text grows beyond a megabyte.
std::size_t replace_all(std::string& text, std::string_view search, std::string_view replacement);

/// The prompt with the fragments standing in the places they have in it, but in this order. Each fragment's first
/// place counts; of fragments that overlap the later begins behind the earlier. Throws Error(kInvalidArgument) for a
/// fragment that is not in the prompt.
std::string reordered(const std::string& prompt, const std::vector<std::string>& fragments);

}  // namespace fude::pipelines::comparison
