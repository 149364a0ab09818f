#pragma once

namespace fude {

/// Whether standard error is a terminal: only then progress is drawn.
bool stderr_is_terminal();

/// Columns of the terminal on standard error; 80 when that is unknown.
int terminal_width();

}  // namespace fude
