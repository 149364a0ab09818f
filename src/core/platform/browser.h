#pragma once

#include <string>

namespace fude::platform {

/// Opens an address in the user's browser, from WSL in that of Windows. False when there is no desktop, or nothing on
/// it that could.
bool open_in_browser(const std::string& address);

}  // namespace fude::platform
