#include "training/judge/judge_training.h"

#include <gtest/gtest.h>

#include "training/judge/targets.h"

namespace fude::judge {
namespace {

constexpr TrainingOptions kTiny{.steps = 24, .seed = 4, .batch = 8, .fresh = 1, .pool = 48, .hold = 0.5, .rate = 4e-3};

/// Trains for a number of steps and returns the losses.
std::vector<double> losses_of(std::size_t steps) {
  std::vector<double> losses;
  Cancellation cancellation;
  train_judge(Network(answer_counts(), kTiny.seed), kTiny, cancellation,
              [&](const TrainingProgress& progress, Network&) {
                losses.push_back(progress.loss);
                if (losses.size() == steps) cancellation.request();
              });
  return losses;
}

TEST(TrainJudge, LowersTheLoss) {
  const std::vector<double> losses = losses_of(24);
  EXPECT_LT(losses.back(), 0.95 * losses.front());  // smoothed: it lags
}

TEST(TrainJudge, RepeatsItself) { EXPECT_EQ(losses_of(4), losses_of(4)); }

TEST(TrainJudge, StopsWhenAsked) { EXPECT_EQ(losses_of(2).size(), 2u); }

TEST(TrainJudge, LeavesNothingThatTracksGradients) {
  Cancellation cancellation;
  Network network = train_judge(Network(answer_counts(), kTiny.seed), kTiny, cancellation,
                                [&](const TrainingProgress&, Network&) { cancellation.request(); });
  network.for_each_tensor(
      [](const std::string& name, at::Tensor& tensor, bool) { EXPECT_FALSE(tensor.requires_grad()) << name; });
}

TEST(Examine, LooksAtEveryPictureOnce) {
  const Examination examination = examine(Network(answer_counts(), 1), 2, 7);
  EXPECT_EQ(examination.all.shown(0), 7);
  EXPECT_LT(examination.all.mean(), 0.6);  // it has learned nothing
}

TEST(Examine, CountsPicturesWithoutFlawsApart) {
  std::int64_t good = 0;
  for (std::uint64_t i = 0; i < 20; ++i)
    if (painter::draw_character(2, i).quality != painter::Quality::kWorst) ++good;
  ASSERT_LT(good, 20);
  EXPECT_EQ(examine(Network(answer_counts(), 1), 2, 20).good.shown(0), good);
}

}  // namespace
}  // namespace fude::judge
