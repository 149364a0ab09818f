#include "service/pace.h"

#include <gtest/gtest.h>

namespace fude::service {
namespace {

using pipelines::GenerationRequest;

GenerationRequest request_of(const std::string& model, int side, int steps) {
  GenerationRequest request;
  request.model = model;
  request.width = request.height = side;
  request.steps = steps;
  return request;
}

double seconds(const Pace& pace, const GenerationRequest& request) {
  return pace.seconds_for(std::span(&request, 1)).value_or(-1);
}

TEST(Pace, KnowsNothingBeforeTheFirstPicture) {
  Pace pace;
  EXPECT_EQ(seconds(pace, request_of("a", 256, 10)), -1);
  pace.note(request_of("a", 256, 10), -1, -1);
  EXPECT_EQ(seconds(pace, request_of("a", 256, 10)), -1);
}

TEST(Pace, CountsStepsPixelsAndPictures) {
  Pace pace;
  pace.note(request_of("a", 256, 10), 0.5, 1);
  EXPECT_NEAR(seconds(pace, request_of("a", 256, 10)), 6, 1e-9);
  EXPECT_NEAR(seconds(pace, request_of("a", 512, 10)), 24, 1e-9);
  GenerationRequest many = request_of("a", 256, 20);
  many.batch_size = 2;
  many.batch_count = 3;
  EXPECT_NEAR(seconds(pace, many), 6 * (20 * 0.5 + 1), 1e-9);
}

TEST(Pace, TakesAnotherModelForTheOneUsedLast) {
  Pace pace;
  pace.note(request_of("a", 256, 10), 1, 0);
  pace.note(request_of("b", 256, 10), 3, 0);
  EXPECT_NEAR(seconds(pace, request_of("a", 256, 10)), 10, 1e-9);
  EXPECT_NEAR(seconds(pace, request_of("new", 256, 10)), 30, 1e-9);
}

TEST(Pace, RedrawingTakesItsShareOfTheSteps) {
  Pace pace;
  pace.note(request_of("a", 256, 10), 1, 0);
  GenerationRequest redrawn = request_of("a", 256, 20);
  redrawn.sources.init_images = {pipelines::picture_bytes("x")};
  redrawn.denoising_strength = 0.5;
  EXPECT_NEAR(seconds(pace, redrawn), 10, 1e-9);
}

}  // namespace
}  // namespace fude::service
