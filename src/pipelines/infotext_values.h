#pragma once

#include <string>
#include <string_view>

namespace fude::pipelines {

/// A value as it stands after "Key: " in a picture's text: in double quotes with JSON's escapes when it has a comma, a
/// colon or a line break, else as it is.
std::string quote(std::string_view text);

/// Undoes quote(). Text that is not one quoted JSON string is returned as it is.
std::string unquote(std::string_view text);

/// A float as Python's repr() prints it, the style of the web UI's texts: shortest digits, 7.0, 1e-05, 1e+16.
std::string python_number(double value);

/// Without white space (Python's str.strip(), ideographic space included) at both ends.
std::string_view strip(std::string_view text);

}  // namespace fude::pipelines
