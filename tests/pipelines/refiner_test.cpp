#include <gmock/gmock.h>

#include <filesystem>
#include <map>
#include <string>

#include "core/error.h"
#include "io/safetensors_writer.h"
#include "pipelines/text_to_image.h"
#include "tests/support/golden.h"
#include "tests/support/model_relatives.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tiny_model.h"

namespace fude::pipelines {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

struct Outcome {
  at::Tensor latent;
  std::string infotext;
};

class Refiner : public ::testing::Test {
 protected:
  tests::TemporaryFolder folder_;
  GenerationRequest request_ = small_request();

  static GenerationRequest small_request() {
    GenerationRequest request;
    request.model = tests::tiny_model("micro-sd1").string();
    request.prompt = "a cat";
    request.seed = 7;
    request.subseed = 0;
    request.steps = 4;
    request.sampler = "Euler";
    request.width = request.height = 128;
    return request;
  }

  Outcome run() const {
    PictureModel model = load_picture_model(ModelLibrary(folder_.path()), request_, {});
    Outcome outcome;
    outcome.latent = text_to_image(model, request_,
                                   {.on_picture = [&](const FinishedPicture& picture,
                                                      const StageSeconds&) { outcome.infotext = picture.infotext; }})
                         .latent;
    return outcome;
  }

  std::string write(const std::string& name, const std::map<std::string, at::Tensor>& tensors) const {
    io::write_safetensors(folder_ / name, tensors, {});
    return (folder_ / name).string();
  }
};

TEST_F(Refiner, TakesOverOnTheWay) {
  const Outcome alone = run();
  request_.refiner = tests::tiny_model("tiny-sd1").string();
  request_.refiner_switch_at = 0.5;
  const Outcome refined = run();
  EXPECT_THAT(refined.infotext, HasSubstr(", Refiner: tiny-sd1 ["));
  EXPECT_THAT(refined.infotext, HasSubstr("], Refiner switch at: 0.5"));
  EXPECT_FALSE(tests::close_to(refined.latent, alone.latent, 1e-2));
}

TEST_F(Refiner, IsNotMentionedWhereItNeverCameIn) {
  const Outcome alone = run();
  request_.refiner = tests::tiny_model("tiny-sd1").string();
  request_.refiner_switch_at = 1;
  const Outcome refined = run();
  EXPECT_TRUE(refined.latent.equal(alone.latent));
  EXPECT_THAT(refined.infotext, Not(HasSubstr("Refiner")));
}

TEST_F(Refiner, OfTheSameWeightsChangesNothing) {
  request_.prompt = "a [cat:dog:2] on a mat";
  const Outcome alone = run();
  std::filesystem::copy_file(tests::tiny_model("micro-sd1"), folder_ / "copy.safetensors");
  request_.refiner = (folder_ / "copy.safetensors").string();
  request_.refiner_switch_at = 0.25;
  request_.refiner_switch_by_sample_steps = true;
  const Outcome refined = run();
  EXPECT_TRUE(refined.latent.equal(alone.latent));
  EXPECT_THAT(refined.infotext, HasSubstr("Refiner switch by sampling steps: True, Refiner: copy ["));
}

TEST_F(Refiner, IsRefusedWhenItWorksOnOtherLatents) {
  request_.refiner = tests::tiny_model("tiny-sdxl").string();
  EXPECT_THROW(run(), Error);
}

TEST_F(Refiner, OfSdxlIsToldAnAestheticScore) {
  request_.model = tests::tiny_model("tiny-sdxl").string();
  request_.refiner = write("refiner.safetensors", tests::tiny_refiner());
  request_.refiner_switch_at = 0.5;
  request_.width = request_.height = 64;
  request_.steps = 2;
  const Outcome high = run();
  EXPECT_THAT(high.infotext, HasSubstr("Refiner: refiner ["));
  request_.sdxl_refiner_high_aesthetic_score = 1;
  // It makes the last step only, at a low noise level, so the difference is small.
  EXPECT_FALSE(run().latent.equal(high.latent));
}

}  // namespace
}  // namespace fude::pipelines
