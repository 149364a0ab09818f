#include "pipelines/comparison/prompt_matrix.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "core/ascii.h"
#include "core/error.h"
#include "pipelines/comparison/comparison.h"

namespace fude::pipelines::comparison {
namespace {

constexpr std::string_view kOpening = "([{", kClosing = ")]}";

// Where a bracket at `start` is closed; npos when it never is. Backslashes escape.
std::size_t closing_of(std::string_view text, std::size_t start) {
  std::string open;
  for (std::size_t i = start; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (kOpening.find(text[i]) != kOpening.npos) {
      open += text[i];
    } else if (const std::size_t kind = kClosing.find(text[i]);
               kind != kClosing.npos && open.back() == kOpening[kind]) {
      open.pop_back();
      if (open.empty()) return i;
    }
  }
  return text.npos;
}

std::string without_commas(std::string_view part) { return std::string(trimmed(trimmed(part), ",")); }

std::string combined(const std::string& base, const std::vector<std::string>& parts, std::size_t choice,
                     const MatrixOptions& options) {
  std::vector<std::string_view> chosen;
  if (!options.is_at_start) chosen.push_back(base);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if ((choice >> i & 1) != 0) chosen.push_back(parts[i]);
  }
  if (options.is_at_start) chosen.push_back(base);
  return fmt::format("{}", fmt::join(chosen, options.joint));
}

}  // namespace

std::vector<std::string> split_matrix(std::string_view prompt) {
  std::vector<std::string> parts;
  std::size_t start = 0;
  bool may_close = true;  // of brackets; once one is left open all text behind it has been searched
  for (std::size_t i = 0; i < prompt.size(); ++i) {
    if (prompt[i] == '\\') {
      ++i;
    } else if (prompt[i] == '|') {
      parts.emplace_back(trimmed(prompt.substr(start, i - start)));
      start = i + 1;
    } else if (may_close && kOpening.find(prompt[i]) != kOpening.npos) {
      const std::size_t end = closing_of(prompt, i);
      may_close = end != prompt.npos;
      if (may_close) i = end;
    }
  }
  parts.emplace_back(trimmed(prompt.substr(start)));
  return parts;
}

PromptMatrix plan_matrix(GenerationRequest base, const MatrixOptions& options, const WordFiles& files,
                         SeedSource seeds) {
  check_margin(options.margin);
  seeds.resolve(base);
  std::string GenerationRequest::*const member =
      options.is_negative ? &GenerationRequest::negative_prompt : &GenerationRequest::prompt;
  std::vector<std::string> parts = split_matrix(base.*member);
  const std::string start = parts.front();
  parts.erase(parts.begin());
  if (parts.size() > kMostMatrixParts) {
    fail(ErrorCode::kInvalidArgument, "the prompt matrix has {} parts that vary, expected at most {}", parts.size(),
         kMostMatrixParts);
  }
  for (std::string& part : parts) part = without_commas(part);
  PromptMatrix matrix{
      .base = std::move(base), .options = options, .parts = parts, .column_parts = (parts.size() + 1) / 2, .cells = {}};
  for (std::size_t choice = 0; choice < std::size_t{1} << parts.size(); ++choice) {
    GenerationRequest request = matrix.base;
    request.*member = combined(start, parts, choice, options);
    if (options.has_other_seeds) request = request_of_image(request, static_cast<int>(choice));
    std::string name = request.*member;
    PictureJobs jobs = expand_words(std::move(request), files);
    if (choice == 0) matrix.warnings = std::move(jobs.warnings);
    matrix.cells.push_back({.jobs = std::move(jobs.requests), .name = std::move(name)});
  }
  return matrix;
}

}  // namespace fude::pipelines::comparison
