#include "pipelines/word_expansion.h"

#include <string>
#include <utility>

#include "core/error.h"
#include "prompt/networks.h"
#include "prompt/styles.h"
#include "prompt/template_expansion.h"

namespace fude::pipelines {
namespace {

using prompt::Words;

void apply_styles(GenerationRequest& request, const WordFiles& files) {
  if (request.styles.empty()) return;
  const std::vector<prompt::Style> styles = prompt::load_styles(files.styles);
  if (styles.empty()) {
    fail(ErrorCode::kNotFound, "style '{}' is asked for, but '{}' holds no styles",
         printable(request.styles.front(), 60), files.styles.empty() ? "" : printable(files.styles.front().string()));
  }
  // Where the second pass has words of its own, they get the styles, too.
  prompt::StyledWords hires =
      prompt::apply_styles(request.hr_prompt, request.hr_negative_prompt, request.styles, styles);
  if (!request.hr_prompt.empty()) request.hr_prompt = std::move(hires.prompt);
  if (!request.hr_negative_prompt.empty()) request.hr_negative_prompt = std::move(hires.negative);
  prompt::StyledWords words =
      prompt::apply_styles(request.prompt, request.negative_prompt, std::exchange(request.styles, {}), styles);
  request.prompt = std::move(words.prompt);
  request.negative_prompt = std::move(words.negative);
  check_words(request);
}

// What a comment leaves behind at the end, a line break, would not come back from a picture's text.
std::string without_comments(const std::string& text) {
  if (text.find('#') == text.npos) return text;
  std::string left = prompt::strip_comments(text);
  left.erase(left.find_last_not_of(" \t\r\n") + 1);
  return left;
}

void drop_comments(GenerationRequest& request) {
  if (!request.enable_prompt_comments) return;
  request.prompt = without_comments(request.prompt);
  request.negative_prompt = without_comments(request.negative_prompt);
  request.hr_prompt = without_comments(request.hr_prompt);
  request.hr_negative_prompt = without_comments(request.hr_negative_prompt);
}

prompt::DrawPlace place_of(const GenerationRequest& request, int index) {
  return {.seed = static_cast<std::uint64_t>(request.seed), .index = static_cast<std::uint64_t>(index)};
}

class JobMaker {
 public:
  JobMaker(const GenerationRequest& request, prompt::Wildcards& wildcards)
      : request_(request), expander_(wildcards), words_{request.prompt, request.negative_prompt} {
    check_count(std::int64_t{pictures_of_batch(request)} * request.batch_count);
  }

  void draw_each() {
    for (int i = 0; i < pipelines::picture_count(request_); ++i) {
      const prompt::DrawPlace place = place_of(request_of_image(request_, i), i);
      add(i, expander_.draw(words_, place));
    }
  }

  void combine() {
    const auto limit = static_cast<std::size_t>(request_.max_generations);
    std::vector<Words> all = expander_.combinations(words_, limit + 1, place_of(request_, 0));
    if (all.size() > limit) {
      all.resize(limit);
      jobs_.warnings.push_back(fmt::format("there are more than {} combinations: the first {} are made", limit, limit));
    }
    check_count(static_cast<std::int64_t>(all.size()) * request_.batch_count);
    int index = 0;
    for (int round = 0; round < request_.batch_count; ++round) {
      for (const Words& words : all) add(index++, words);
    }
  }

  PictureJobs finish() {
    jobs_.warnings.insert(jobs_.warnings.end(), expander_.warnings().begin(), expander_.warnings().end());
    return std::move(jobs_);
  }

 private:
  static void check_count(std::int64_t count) {
    if (count > kMostDrawnPictures) {
      fail(ErrorCode::kInvalidArgument, "{} pictures with words of their own are asked for, expected at most {}", count,
           kMostDrawnPictures);
    }
  }

  void add(int index, const Words& words) {
    GenerationRequest& job = jobs_.requests.emplace_back(request_of_image(request_, index));
    job.batch_count = 1;
    if (!job.sd_upscale) job.batch_size = 1;
    job.prompt = words.prompt;
    job.negative_prompt = words.negative;
    check_words(job);
    if (prompt::is_template(words_.prompt)) job.prompt_template = words_.prompt;
    if (prompt::is_template(words_.negative)) job.negative_template = words_.negative;
  }

  const GenerationRequest& request_;
  prompt::TemplateExpander expander_;
  Words words_;
  PictureJobs jobs_;
};

}  // namespace

int PictureJobs::picture_count() const {
  int count = 0;
  for (const GenerationRequest& request : requests) count += pipelines::picture_count(request);
  return count;
}

PictureJobs expand_words(GenerationRequest request, const WordFiles& files) {
  apply_styles(request, files);
  drop_comments(request);
  const bool is_drawn =
      request.dynamic_prompts && (prompt::is_template(request.prompt) || prompt::is_template(request.negative_prompt));
  if (!is_drawn) return {.requests = {std::move(request)}, .warnings = {}};
  prompt::Wildcards wildcards = prompt::Wildcards::in_folder(files.wildcards);
  JobMaker maker(request, wildcards);
  request.combinatorial ? maker.combine() : maker.draw_each();
  PictureJobs jobs = maker.finish();
  jobs.warnings.insert(jobs.warnings.end(), wildcards.warnings().begin(), wildcards.warnings().end());
  return jobs;
}

}  // namespace fude::pipelines
