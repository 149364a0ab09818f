#pragma once

#include <CLI/CLI.hpp>

namespace fude::apps {

/// `fude judge draw`: makes the pictures that are scored.
void add_judge_draw_command(CLI::App& judge);

/// `fude judge compare`: tells how far a faster precision is from an exact one.
void add_judge_compare_command(CLI::App& judge);

}  // namespace fude::apps
