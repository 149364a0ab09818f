#include "pipelines/film_maker.h"

#include <gtest/gtest.h>

#include <vector>

#include "core/error.h"
#include "tests/pipelines/golden_runs.h"
#include "tests/support/refusal.h"

namespace fude::pipelines {
namespace {

std::vector<io::Image> pictures_of(const std::vector<std::byte>& film) {
  std::vector<io::Image> pictures;
  io::for_each_film_picture(film, [&](const io::Image& image) { pictures.push_back(image); });
  return pictures;
}

// The mean of what two pictures are apart.
double apart(const io::Image& a, const io::Image& b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.pixels.size(); ++i) sum += std::abs(int{a.pixels[i]} - int{b.pixels[i]});
  return sum / static_cast<double>(a.pixels.size());
}

class Films : public ::testing::Test {
 protected:
  Films() {
    request_.prompt = "a cat";
    request_.seed = 7;
    request_.subseed = 0;
    request_.steps = 4;
    request_.sampler = "Euler a";
    request_.width = 96;
    request_.height = 64;
  }

  std::vector<std::vector<std::byte>> make(const FilmOptions& options) {
    FilmMaker films(ModelLibrary("no-such-folder"), model_, options);
    std::vector<std::vector<std::byte>> made;
    finished_.clear();
    text_to_image(model_, request_,
                  {.on_denoised = [&](const at::Tensor& denoised) { films.add_step(denoised); },
                   .on_picture =
                       [&](const FinishedPicture& picture, const StageSeconds&) {
                         made.push_back(films.film_of(picture));
                         finished_.push_back(picture.image);
                       }});
    return made;
  }

  PictureModel model_ = load("micro-sd1");
  GenerationRequest request_;
  std::vector<io::Image> finished_;
};

TEST_F(Films, ShowEveryStepAndEndWithTheFinishedPicture) {
  for (const FilmPreview preview : {FilmPreview::kApprox, FilmPreview::kFull}) {
    const auto pictures = pictures_of(make({.preview = preview}).at(0));
    ASSERT_EQ(pictures.size(), 5u);
    EXPECT_EQ(pictures[0].width, 96);
    EXPECT_EQ(pictures[0].height, 64);
    EXPECT_LT(apart(pictures.back(), finished_[0]), 25) << "what WebP loses of noise, which tiny models make";
    EXPECT_GT(apart(pictures.front(), finished_[0]), apart(pictures.back(), finished_[0]));
  }
}

TEST_F(Films, BelongToTheirOwnPictureOfEveryBatch) {
  request_.batch_size = request_.batch_count = 2;
  const auto films = make({.preview = FilmPreview::kFull});
  ASSERT_EQ(films.size(), 4u);
  for (std::size_t i = 0; i < 4; ++i) {
    const auto pictures = pictures_of(films[i]);
    ASSERT_EQ(pictures.size(), 5u);
    // What the last step expects is what is decoded.
    for (std::size_t other = 0; other < 4; ++other) {
      if (other == i) continue;
      EXPECT_LT(apart(pictures[3], finished_[i]), apart(pictures[3], finished_[other]));
    }
  }
}

TEST_F(Films, OfLongRunsTakeLargerStrides) {
  FilmMaker films(ModelLibrary("no-such-folder"), model_, {});
  for (int i = 0; i < 1000; ++i) films.add_step(at::zeros({1, 4, 8, 12}));
  const FinishedPicture picture{.request = request_,
                                .image = {.width = 96,
                                          .height = 64,
                                          .channels = 3,
                                          .pixels = std::vector<std::uint8_t>(std::size_t{96} * 64 * 3, 255)}};
  const auto shown = pictures_of(films.film_of(picture)).size();
  EXPECT_GT(shown, FilmMaker::kMostSteps / 2);
  EXPECT_LE(shown, FilmMaker::kMostSteps + 1);
}

TEST(FilmPreview, IsKnownByItsName) {
  EXPECT_EQ(film_preview_from("full"), FilmPreview::kFull);
  tests::refusal(ErrorCode::kInvalidArgument, [] { film_preview_from("other"); });
}

}  // namespace
}  // namespace fude::pipelines
