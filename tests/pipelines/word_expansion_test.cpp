#include "pipelines/word_expansion.h"

#include <gmock/gmock.h>

#include <fstream>
#include <set>

#include "core/error.h"
#include "pipelines/infotext.h"
#include "pipelines/infotext_request.h"
#include "pipelines/infotext_writer.h"
#include "tests/support/temporary_folder.h"

namespace fude::pipelines {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

GenerationRequest request_of(std::string prompt, int batch_size = 1, int batch_count = 1) {
  GenerationRequest request;
  request.prompt = std::move(prompt);
  request.batch_size = batch_size;
  request.batch_count = batch_count;
  request.seed = 10;
  request.subseed = 20;
  return request;
}

std::vector<std::string> prompts_of(const PictureJobs& jobs) {
  std::vector<std::string> prompts;
  for (const GenerationRequest& job : jobs.requests) prompts.push_back(job.prompt);
  return prompts;
}

TEST(ExpandWords, KeepsPlainWordsAsOneJob) {
  const PictureJobs jobs = expand_words(request_of("1girl, {sky}, [a|b]", 2, 3), {});
  ASSERT_EQ(jobs.requests.size(), 1u);
  EXPECT_EQ(jobs.requests[0].prompt, "1girl, {sky}, [a|b]");
  EXPECT_EQ(jobs.picture_count(), 6);
  EXPECT_EQ(jobs.requests[0].prompt_template, "");
}

TEST(ExpandWords, DrawsEachPictureFromItsOwnSeed) {
  const PictureJobs jobs = expand_words(request_of("{a|b|c|d|e|f|g|h} cat", 2, 3), {});
  ASSERT_EQ(jobs.requests.size(), 6u);
  EXPECT_EQ(jobs.picture_count(), 6);
  std::set<std::string> different;
  for (int i = 0; i < 6; ++i) {
    const GenerationRequest& job = jobs.requests[static_cast<std::size_t>(i)];
    EXPECT_EQ(job.seed, 10 + i);
    EXPECT_EQ(job.subseed, 20 + i);
    EXPECT_EQ(job.prompt_template, "{a|b|c|d|e|f|g|h} cat");
    GenerationRequest again = request_of("{a|b|c|d|e|f|g|h} cat");
    again.seed = job.seed;
    EXPECT_EQ(expand_words(again, {}).requests[0].prompt, job.prompt);
    different.insert(job.prompt);
  }
  EXPECT_GT(different.size(), 1u);
}

TEST(ExpandWords, MakesAllCombinationsOfBothPrompts) {
  GenerationRequest request = request_of("{a|b}", 4, 2);
  request.negative_prompt = "{c|d}";
  request.combinatorial = true;
  const PictureJobs jobs = expand_words(request, {});
  EXPECT_THAT(prompts_of(jobs), ElementsAre("a", "a", "b", "b", "a", "a", "b", "b"));
  EXPECT_EQ(jobs.requests[7].seed, 17);
  EXPECT_EQ(jobs.requests[7].negative_prompt, "d");
  EXPECT_EQ(jobs.requests[7].negative_template, "{c|d}");
}

TEST(ExpandWords, StopsCombiningAtTheBoundAndSaysSo) {
  GenerationRequest request = request_of("{a|b|c|d}{a|b|c|d}");
  request.combinatorial = true;
  request.max_generations = 5;
  const PictureJobs jobs = expand_words(request, {});
  EXPECT_EQ(jobs.picture_count(), 5);
  EXPECT_THAT(jobs.warnings, ElementsAre(HasSubstr("more than 5 combinations")));
  request.max_generations = 16;
  EXPECT_THAT(expand_words(request, {}).warnings, IsEmpty());
}

TEST(ExpandWords, RefusesTooManyPictures) {
  EXPECT_THROW(expand_words(request_of("{a|b}", 64, 10000), {}), Error);
  EXPECT_NO_THROW(expand_words(request_of("a", 64, 10000), {}));
}

TEST(ExpandWords, ReadsWildcardsAndNamesMissingOnes) {
  const tests::TemporaryFolder folder;
  std::ofstream(folder / "colour.txt") << "red\n";
  const PictureJobs jobs = expand_words(request_of("__colour__ __gone__"), {.wildcards = folder.path(), .styles = {}});
  EXPECT_THAT(prompts_of(jobs), ElementsAre("red __gone__"));
  EXPECT_THAT(jobs.warnings, ElementsAre(HasSubstr("no wildcard 'gone'")));
}

TEST(ExpandWords, AppliesStylesThenDropsCommentsThenDraws) {
  const tests::TemporaryFolder folder;
  std::ofstream(folder / "styles.csv") << "name,prompt,negative_prompt\ns,\"best, {prompt} # shy\n{x|x}\",bad";
  GenerationRequest request = request_of("cat #note");
  request.styles = {"s"};
  const WordFiles files{.wildcards = {}, .styles = {folder / "styles.csv"}};
  const PictureJobs jobs = expand_words(request, files);
  EXPECT_EQ(jobs.requests[0].prompt, "best, cat \nx");
  EXPECT_EQ(jobs.requests[0].negative_prompt, "bad");
  EXPECT_THAT(jobs.requests[0].styles, IsEmpty());
  request.enable_prompt_comments = false;
  EXPECT_EQ(expand_words(request, files).requests[0].prompt, "best, cat #note # shy\nx");
  request.styles = {"t"};
  EXPECT_THROW(expand_words(request, files), Error);
}

TEST(ExpandWords, WordsThatGrewTooLongAreRefused) {
  const tests::TemporaryFolder folder;
  const std::string half(kLongestPrompt * 2 / 3, 'a');
  std::ofstream(folder / "styles.csv") << "name,prompt,negative_prompt\ns," << half << ",";
  std::ofstream(folder / "long.txt") << half;
  const WordFiles files{.wildcards = folder.path(), .styles = {folder / "styles.csv"}};
  GenerationRequest styled = request_of(half);
  styled.styles = {"s"};
  EXPECT_THROW(expand_words(styled, files), Error);
  EXPECT_THROW(expand_words(request_of("__long__ __long__"), files), Error);
  EXPECT_EQ(expand_words(request_of("__long__"), files).requests[0].prompt, half);
}

TEST(ExpandWords, SaysWhereItLookedForStyles) {
  GenerationRequest request = request_of("cat");
  request.styles = {"水彩"};
  try {
    expand_words(request, {.wildcards = {}, .styles = {"nowhere/styles.csv"}});
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("'nowhere/styles.csv' holds no styles"));
  }
}

TEST(ExpandWords, IsOffForTheWordsOfAPicture) {
  GenerationRequest request = request_of("{a|a} \\{b\\|c\\}, {d}");
  request.negative_prompt = "{e|e}";
  normalise(request);
  const PictureJobs jobs = expand_words(request, {});
  const std::string text = write_infotext(jobs.requests[0], {});
  EXPECT_THAT(text, HasSubstr("a {b|c}, {d}\nNegative prompt: e\n"));
  EXPECT_THAT(text, HasSubstr(R"(Template: "{a|a} \\{b\\|c\\}, {d}", Negative Template: {e|e})"));

  const LikeRequest like = request_from_infotext(parse_infotext(text));
  EXPECT_THAT(like.warnings, IsEmpty());
  const PictureJobs again = expand_words(like.request, {});
  EXPECT_EQ(again.requests[0].prompt, "a {b|c}, {d}");
  EXPECT_EQ(again.requests[0].prompt_template, request.prompt);
  EXPECT_EQ(write_infotext(again.requests[0], {}), text);
}

}  // namespace
}  // namespace fude::pipelines
