#pragma once

#include <CLI/CLI.hpp>

namespace fude::apps {

/// `fude judge draw`: makes the pictures that are scored.
void add_judge_draw_command(CLI::App& judge);

}  // namespace fude::apps
