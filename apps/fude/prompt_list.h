#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "cell_work.h"
#include "pipelines/comparison/prompt_lines.h"

namespace fude::apps {

/// --prompts-file and what belongs to it: one job for every line of a text.
class PromptListFlags {
 public:
  /// Must outlive `command`'s parsing.
  explicit PromptListFlags(CLI::App& command);

  bool is_given() const { return !file_.empty(); }

  /// Makes the pictures of all lines. `base` is normalised, its seeds are as they were written.
  void run(const pipelines::GenerationRequest& base, const pipelines::WordFiles& words, const CellOutput& output,
           const EngineFlags& engine);

 private:
  std::string file_;
  pipelines::comparison::LineOptions options_;
  bool is_at_end_ = false, has_grid_ = false;
};

}  // namespace fude::apps
