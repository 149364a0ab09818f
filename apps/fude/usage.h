#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace fude::apps {

/// Gives the program and the sub-commands added later the help that fits a terminal 80 wide.
void set_up_help(CLI::App& app);

/// One line about a command line that cannot be understood: what was found, the nearest name, where to read more.
std::string usage_error(const CLI::App& app, const CLI::ParseError& error);

}  // namespace fude::apps
