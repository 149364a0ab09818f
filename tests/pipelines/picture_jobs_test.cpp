#include "pipelines/picture_jobs.h"

#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "pipelines/word_expansion.h"
#include "tests/support/tiny_model.h"

namespace fude::pipelines {
namespace {

using testing::ElementsAre;

struct Outcome {
  LatentRecord latents;
  std::vector<FinishedPicture> pictures;
  std::vector<int> steps;  // each "done"
  int total = 0;
};

class RunPictureJobs : public testing::Test {
 protected:
  RunPictureJobs() {
    request_.model = tests::tiny_model("micro-sd1").string();
    request_.width = request_.height = 64;
    request_.steps = 2;
    request_.seed = 5;
    request_.subseed = 6;
    normalise(request_);
  }

  Outcome run(std::vector<GenerationRequest> jobs) {
    PictureModel model = load_picture_model(ModelLibrary("no-such-folder"), request_, {});
    Outcome outcome;
    outcome.latents = run_picture_jobs(
        model, jobs,
        {.on_step =
             [&](int done, int total) {
               outcome.steps.push_back(done);
               outcome.total = total;
             },
         .on_picture = [&](FinishedPicture picture, const StageSeconds&) { outcome.pictures.push_back(picture); }});
    return outcome;
  }

  GenerationRequest request_;
};

TEST_F(RunPictureJobs, CountsStepsAndPicturesThrough) {
  request_.prompt = "{red|blue|green} {cat|dog}";
  request_.batch_count = 3;
  const PictureJobs jobs = expand_words(request_, {});
  ASSERT_EQ(jobs.requests.size(), 3u);
  const Outcome outcome = run(jobs.requests);
  EXPECT_THAT(outcome.steps, ElementsAre(1, 2, 3, 4, 5, 6));
  EXPECT_EQ(outcome.total, 6);
  ASSERT_EQ(outcome.pictures.size(), 3u);
  EXPECT_EQ(outcome.latents.latent.size(0), 3);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(outcome.pictures[i].index, i);
    EXPECT_EQ(outcome.pictures[i].request.seed, 5 + i);
    EXPECT_EQ(outcome.pictures[i].request.prompt, jobs.requests[i].prompt);
  }
}

// A drawn picture is the one that its words and its seed give alone, whatever the batch was.
TEST_F(RunPictureJobs, MakesThePictureThatTheWordsMakeAlone) {
  request_.prompt = "{red|blue|green} {cat|dog}";
  request_.batch_size = 2;
  const PictureJobs jobs = expand_words(request_, {});
  const Outcome together = run(jobs.requests);
  GenerationRequest alone = request_;
  alone.batch_size = 1;
  alone.seed = 6;
  alone.subseed = 7;
  alone.dynamic_prompts = false;
  alone.prompt = jobs.requests[1].prompt;
  EXPECT_TRUE(run({alone}).latents.latent.equal(together.latents.latent.narrow(0, 1, 1)));
}

TEST_F(RunPictureJobs, MakesNothingMoreOnceItIsEnded) {
  request_.prompt = "{red|blue|green} cat";
  request_.batch_count = 3;
  const PictureJobs jobs = expand_words(request_, {});
  PictureModel model = load_picture_model(ModelLibrary("no-such-folder"), request_, {});
  int steps = 0, pictures = 0;
  run_picture_jobs(
      model, jobs.requests,
      {.on_step = [&](int done, int) { steps = done; },
       .continuation = [&] { return steps == 3 ? Continuation::kEndJob : Continuation::kGoOn; },
       .on_picture = [&](const FinishedPicture& picture,
                         const StageSeconds&) { EXPECT_EQ(picture.unfinished_at.has_value(), ++pictures == 2); }});
  EXPECT_EQ(pictures, 2);
}

TEST_F(RunPictureJobs, CountsStepsOfJobsWithUnequallyManyBatches) {
  GenerationRequest two = request_;
  two.batch_count = 2;
  const Outcome outcome = run({request_, two});
  EXPECT_THAT(outcome.steps, ElementsAre(1, 2, 3, 4, 5, 6));
  EXPECT_EQ(outcome.total, 6);
}

}  // namespace
}  // namespace fude::pipelines
