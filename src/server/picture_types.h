#pragma once

#include <string_view>

namespace fude::server {

/// The media type of a picture file by the end of its name; "application/octet-stream" for what a browser must not take
/// for a picture (SVG files hold scripts).
std::string_view picture_type(std::string_view file_name);

}  // namespace fude::server
