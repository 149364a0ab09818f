#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "prompt/chunks.h"
#include "prompt/plan.h"
#include "tokenizers/clip_tokenizer.h"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

fude::prompt::PlanOptions plan_options(std::uint8_t bits) {
  fude::prompt::PlanOptions options{.strips_comments = (bits & 1) != 0, .is_negative = (bits & 2) != 0};
  options.schedule.steps = 1 + (bits >> 4);
  options.schedule.uses_old_rule = (bits & 4) != 0;
  if ((bits & 8) != 0) options.schedule.hires_steps = 4;
  return options;
}

void check_schedules(const fude::prompt::PromptPlan& plan, const fude::prompt::ScheduleOptions& options) {
  const int first_pass = options.steps;
  const int last = options.uses_old_rule ? first_pass : options.hires_steps.value_or(first_pass);
  require(!plan.parts.empty());
  for (const auto& part : plan.parts) {
    require(!part.schedules.empty() && part.schedules.back().last_step == last);
    for (std::size_t i = 1; i < part.schedules.size(); ++i) {
      require(part.schedules[i - 1].last_step < part.schedules[i].last_step);
    }
  }
}

void check_chunks(std::string_view text, const fude::tokenizers::ClipTokenizer& tokenizer, int backtrack) {
  const auto chunked = fude::prompt::chunk_text(text, tokenizer, {.comma_padding_backtrack = backtrack});
  require(!chunked.chunks.empty());
  require(chunked.token_count <= chunked.chunks.size() * fude::prompt::kTokensPerChunk);
  for (const auto& chunk : chunked.chunks) {
    require(chunk.tokens.front() == tokenizer.kStartId && chunk.tokens.back() == tokenizer.kEndId);
    for (const std::int32_t id : chunk.tokens) require(id >= 0 && id <= tokenizer.kEndId);
  }
}

}  // namespace

/// The first byte chooses options, the second the tokenizer; the rest is the prompt.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::array kTokenizers{fude::tokenizers::kSd1Tokenizer, fude::tokenizers::kSd2Tokenizer,
                               fude::tokenizers::kOpenAiTokenizer};
  const fude::tokenizers::ClipTokenizer tokenizer(kTokenizers[data[1] % kTokenizers.size()]);
  const std::string_view text(reinterpret_cast<const char*>(data) + 2, size - 2);
  const auto options = plan_options(data[0]);
  const auto plan = fude::prompt::plan_prompt(text, options);
  check_schedules(plan, options.schedule);
  check_chunks(plan.parts.front().schedules.front().text, tokenizer, data[1] % 75);
  for (const std::int32_t id : tokenizer.encode(text)) static_cast<void>(tokenizer.token_text(id));
  return 0;
}
