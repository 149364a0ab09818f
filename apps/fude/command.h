#pragma once

#include <CLI/CLI.hpp>

namespace fude::apps {

/// Each sub-command is one file, <name>_command.cpp, that adds itself to the program: its flags, its help, and a
/// callback that does the work. A callback throws fude::Error; main() turns it into a line on stderr and an exit code.
/// Results go to stdout, progress and logs to stderr.

void add_bench_command(CLI::App& app);
void add_compare_command(CLI::App& app);
void add_edit_command(CLI::App& app);
void add_gallery_command(CLI::App& app);
void add_img2img_command(CLI::App& app);
void add_inspect_command(CLI::App& app);
void add_info_command(CLI::App& app);
void add_jobs_command(CLI::App& app);
void add_judge_command(CLI::App& app);
void add_lora_command(CLI::App& app);
void add_matrix_command(CLI::App& app);
void add_merge_command(CLI::App& app);
void add_models_command(CLI::App& app);
void add_paint_command(CLI::App& app);
void add_prompt_command(CLI::App& app);
void add_serve_command(CLI::App& app);
void add_settings_command(CLI::App& app);
void add_txt2img_command(CLI::App& app);
void add_train_command(CLI::App& app);
void add_upscale_command(CLI::App& app);
void add_verify_command(CLI::App& app);

}  // namespace fude::apps
