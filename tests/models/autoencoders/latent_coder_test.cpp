#include "models/autoencoders/latent_coder.h"

#include <gmock/gmock.h>

#include <limits>
#include <stdexcept>

#include "models/autoencoders/banded_autoencoder.h"
#include "models/stable_diffusion.h"
#include "tests/support/golden.h"
#include "tests/support/refusal.h"
#include "tests/support/tiny_model.h"
#include "weights/state_dict.h"

namespace fude::models {
namespace {

using ::testing::HasSubstr;

io::TensorFile file() { return io::TensorFile::open(tests::tiny_model("micro-sd1")); }

/// An autoencoder both halves of which end in a bias that overflows, as half precision may.
class Overflowing : public weights::TensorSource {
 public:
  at::Tensor take(const std::string& key, at::IntArrayRef shape) override {
    const at::Tensor tensor = stored_.take("first_stage_model." + key, shape);
    return key.ends_with("conv_out.bias") ? at::full_like(tensor, std::numeric_limits<float>::infinity()) : tensor;
  }

  AutoencoderKL build() {
    const auto index = weights::sub_index(weights::index_of(stored_.file()), "first_stage_model.");
    return {weights::WeightView(*this), infer_autoencoder_kl_config(index)};
  }

 private:
  weights::StateDict stored_{file(), at::kBFloat16};
};

class LatentCoding : public ::testing::Test {
 protected:
  AutoencoderKL autoencoder_ = load_autoencoder(file(), {});
  at::Tensor latent_ = at::linspace(-2, 2, 4 * 10 * 8).view({1, 4, 10, 8});
  at::Tensor image_ = at::linspace(-1, 1, 3 * 80 * 64).view({1, 3, 80, 64});
};

TEST_F(LatentCoding, WorksInPiecesWhereMemoryIsShort) {
  LatentCoder coder{.autoencoder = autoencoder_};
  EXPECT_FALSE(bands_for(coder, 1000, 1000)) << "free memory is not known";
  const auto needed = static_cast<std::uint64_t>(decode_bytes(autoencoder_.config(), 10, 8, at::kFloat));
  coder.free_bytes = needed;
  EXPECT_FALSE(bands_for(coder, 10, 8)) << "it fits exactly";
  EXPECT_TRUE(bands_for(coder, 11, 8));
  *coder.free_bytes -= 1;
  ASSERT_TRUE(bands_for(coder, 10, 8));
  EXPECT_TRUE(bands_for(coder, 10, 8)->stores_wide_maps);
  coder.free_bytes = needed / 2 - 1;
  ASSERT_TRUE(bands_for(coder, 10, 8));
  EXPECT_FALSE(bands_for(coder, 10, 8)->stores_wide_maps) << "half of it is too much, too";
  coder.tiling = VaeTiling::kOff;
  EXPECT_FALSE(bands_for(coder, 10, 8));
  coder.tiling = VaeTiling::kOn;
  coder.free_bytes.reset();
  ASSERT_TRUE(bands_for(coder, 1, 1));
  EXPECT_TRUE(bands_for(coder, 1, 1)->stores_wide_maps);
  coder.tiling = VaeTiling::kLean;
  EXPECT_FALSE(bands_for(coder, 1, 1)->stores_wide_maps);
}

TEST_F(LatentCoding, GivesTheSameEitherWay) {
  LatentCoder coder{.autoencoder = autoencoder_};
  const at::Tensor whole = decode_latent(coder, latent_), encoded = encode_image(coder, image_);
  EXPECT_TRUE(whole.equal(autoencoder_.decode(latent_)));
  EXPECT_TRUE(encoded.equal(autoencoder_.encode(image_)));
  for (const VaeTiling tiling : {VaeTiling::kOn, VaeTiling::kLean}) {
    coder.tiling = tiling;
    EXPECT_LT(tests::max_difference(decode_latent(coder, latent_), whole), 1e-4);
    EXPECT_LT(tests::max_difference(encode_image(coder, image_), encoded), 1e-4);
  }
}

TEST_F(LatentCoding, TellsHowItWasDone) {
  std::vector<VaeTiling> done;
  LatentCoder coder{.autoencoder = autoencoder_, .on_done = [&](VaeTiling tiling) { done.push_back(tiling); }};
  for (const VaeTiling tiling : {VaeTiling::kAuto, VaeTiling::kOn, VaeTiling::kLean}) {
    coder.tiling = tiling;
    decode_latent(coder, latent_);
  }
  coder.tiling = VaeTiling::kAuto;
  coder.free_bytes = 1;
  encode_image(coder, image_);
  EXPECT_EQ(done, (std::vector{VaeTiling::kOff, VaeTiling::kOn, VaeTiling::kLean, VaeTiling::kLean}));
  for (const VaeTiling tiling : done) EXPECT_EQ(vae_tiling_from(name_of(tiling)), tiling);
}

TEST_F(LatentCoding, RepeatsInSinglePrecisionWhatWasNoNumber) {
  Overflowing source;
  const AutoencoderKL overflowing = source.build();
  int asked = 0;
  const LatentCoder coder{.autoencoder = overflowing, .in_single_precision = [&] {
                            ++asked;
                            return load_autoencoder(file(), {});
                          }};
  const at::Tensor half_latent = latent_.to(at::kBFloat16), half_image = image_.to(at::kBFloat16);
  EXPECT_TRUE(decode_latent(coder, half_latent).equal(autoencoder_.decode(half_latent.to(at::kFloat))));
  EXPECT_EQ(asked, 1);
  EXPECT_TRUE(encode_image(coder, half_image).equal(autoencoder_.encode(half_image.to(at::kFloat))));
  EXPECT_EQ(asked, 2);
}

TEST_F(LatentCoding, SaysWhenSinglePrecisionGivesNoNumbersEither) {
  Overflowing source;
  const AutoencoderKL overflowing = source.build();
  LatentCoder coder{.autoencoder = overflowing};
  const auto message = [&] {
    return tests::refusal(ErrorCode::kUnsupportedModel, [&] { decode_latent(coder, latent_.to(at::kBFloat16)); });
  };
  EXPECT_THAT(message(), HasSubstr("no numbers"));
  coder.in_single_precision = [&] { return Overflowing().build(); };
  EXPECT_THAT(message(), HasSubstr("no numbers"));
}

TEST_F(LatentCoding, DoesNotAskTwiceForWhatIsInOrder) {
  const LatentCoder coder{.autoencoder = autoencoder_,
                          .in_single_precision = []() -> AutoencoderKL { throw std::logic_error("not needed"); }};
  EXPECT_NO_THROW(decode_latent(coder, latent_));
}

TEST(VaeTiling, HasFourNames) {
  EXPECT_EQ(vae_tiling_from("lean"), VaeTiling::kLean);
  EXPECT_EQ(vae_tiling_from("auto"), VaeTiling::kAuto);
  EXPECT_EQ(vae_tiling_from("on"), VaeTiling::kOn);
  EXPECT_EQ(vae_tiling_from("off"), VaeTiling::kOff);
  EXPECT_THAT(tests::refusal(ErrorCode::kInvalidArgument, [] { vae_tiling_from("maybe"); }), HasSubstr("'maybe'"));
}

}  // namespace
}  // namespace fude::models
