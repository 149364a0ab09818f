#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/error.h"
#include "pipelines/comparison/prompt_lines.h"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

/// The whole input is the text of prompts, a line each.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace fude;
  using namespace fude::pipelines;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  try {
    std::size_t letters = 0;
    for (const std::string& word : comparison::shell_words(text)) letters += word.size();
    require(letters <= size);
    static_cast<void>(comparison::parse_line_options(text));
  } catch (const Error& error) {
    require(error.code() == ErrorCode::kInvalidArgument);
  }
  GenerationRequest base;
  normalise(base);
  for (const auto place : {comparison::LinePlace::kStart, comparison::LinePlace::kEnd}) {
    try {
      const auto lines = comparison::plan_lines(base, text, {.iterates_seeds = true, .place = place}, {});
      require(!lines.cells.empty() && lines.cells.size() <= comparison::kMostCells);
    } catch (const Error& error) {
      require(error.code() == ErrorCode::kInvalidArgument || error.code() == ErrorCode::kNotFound);
    }
  }
  return 0;
}
