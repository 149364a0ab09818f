#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "prompt/wildcards.h"

namespace fude::prompt {

/// The lists of values in a YAML document (JSON is YAML, too). Keys make the path:
///
///     hair:
///       short: [bob cut, 0.5::pixie cut]
///       long:
///         - {text: ponytail, weight: 2}
///
/// holds hair/short and hair/long. A single text is a list of one; a document that is nothing but a list is called
/// `root_name`. Comments inside block texts are dropped. Aliases, keys that are no plain text, paths of more than 64
/// keys and whatever else is no value are left out.
/// Linear in the text. Throws Error(kCorruptFile) when the text is no YAML, with the line.
std::vector<WildcardList> read_yaml_lists(std::string_view text, std::string_view root_name);

}  // namespace fude::prompt
