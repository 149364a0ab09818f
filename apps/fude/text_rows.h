#pragma once

#include <string>
#include <string_view>

namespace fude::apps {

/// Columns of a report: no line is wider.
inline constexpr int kReportWidth = 80;

/// Appends `name`, indented by two, and beside it `text`, which begins at column `name_width` and takes as many lines
/// as it needs: broken at line breaks, at spaces where there are any, wide characters counted as two columns. A name
/// that does not fit its side has a line of its own. Control characters are escaped.
void append_row(std::string& out, std::string_view name, std::string_view text, int name_width = 16);

}  // namespace fude::apps
