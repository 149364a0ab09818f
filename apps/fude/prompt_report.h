#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "prompt/attention.h"
#include "prompt/chunks.h"
#include "prompt/plan.h"

namespace fude::apps {

/// One text that a template stands for.
struct PromptExpansion {
  std::int64_t seed = 0;
  std::string text;
};

/// How a text is understood: what `fude prompt` shows.
struct PromptReport {
  std::string prompt_template = {};              // with expansions: what they were drawn from
  std::vector<PromptExpansion> expansions = {};  // empty: the text was taken as it is; else the rest is of the first
  prompt::PromptPlan plan;
  std::vector<prompt::AttentionPiece> attention;  // of the first text of the first part
  std::vector<std::int32_t> tokens;               // of the whole text, read as plain text
  prompt::ChunkedText chunked;                    // the pieces of `attention`
};

/// One line of JSON, as the specification of the command line has it. Bytes that are no UTF-8 become U+FFFD.
std::string prompt_json(const PromptReport& report);

/// Lines for people, at most 80 columns wide, each ending in a line break.
std::string prompt_text(const PromptReport& report);

}  // namespace fude::apps
