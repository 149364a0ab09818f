#include "core/platform/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

namespace fude {

bool stderr_is_terminal() { return isatty(STDERR_FILENO) != 0; }

int terminal_width() {
  winsize size{};
  const bool is_known = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return is_known ? size.ws_col : 80;
}

}  // namespace fude
