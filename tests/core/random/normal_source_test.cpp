#include "core/random/normal_source.h"

#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "core/random/torch_cpu_generator.h"
#include "tests/support/golden.h"

namespace fude {
namespace {

const std::vector<std::string> kSeeds{"0", "1", "42", "123456789", "4294967295"};

at::Tensor draw(NormalSource& source, at::IntArrayRef shape) {
  const at::Tensor values = at::empty(shape, at::kFloat);
  source.fill_normal({values.data_ptr<float>(), static_cast<std::size_t>(values.numel())});
  return values;
}

class PublishedNoise : public testing::TestWithParam<std::string> {
 protected:
  static at::Tensor expected(const std::string& stream, const std::string& name) {
    static const io::TensorFile file = tests::golden_tensors("sampling/noise.safetensors");
    return file.tensor(stream + "." + GetParam() + "." + name);
  }
  static std::uint64_t seed() { return std::stoull(GetParam()); }
};

TEST_P(PublishedNoise, TorchCpuIntegersAndUniformsAreExact) {
  TorchCpuGenerator integers(seed()), uniforms(seed());
  const at::Tensor expected_integers = expected("cpu", "random_u32_as_i64_8");
  const at::Tensor expected_uniforms = expected("cpu", "rand_8");
  for (int i = 0; i < 8; ++i) {
    integers.next_u32();  // the published list holds the low halves of 64-bit numbers, which come second
    EXPECT_EQ(integers.next_u32(), expected_integers[i].item<std::int64_t>());
    EXPECT_EQ(uniforms.next_uniform(), expected_uniforms[i].item<float>());
  }
}

TEST_P(PublishedNoise, TorchCpuNormalsAgree) {
  const auto source = make_normal_source(NoiseStream::kTorchCpu, seed());
  EXPECT_LT(tests::max_difference(draw(*source, {4, 8, 8}), expected("cpu", "randn_4x8x8")), 5e-6);
  EXPECT_LT(tests::max_difference(draw(*source, {4, 8, 8}), expected("cpu", "randn_4x8x8_second")), 5e-6);
  for (const std::int64_t count : {7, 15, 16, 17, 23, 37}) {
    const auto fresh = make_normal_source(NoiseStream::kTorchCpu, seed());
    EXPECT_LT(tests::max_difference(draw(*fresh, {count}), expected("cpu", "fresh_randn_" + std::to_string(count))),
              5e-6)
        << count;
  }
}

TEST_P(PublishedNoise, PhiloxNormalsAgree) {
  const auto source = make_normal_source(NoiseStream::kPhilox, seed());
  EXPECT_LT(tests::max_difference(draw(*source, {4, 8, 8}), expected("nv", "randn_4x8x8")), 1e-6);
  EXPECT_LT(tests::max_difference(draw(*source, {4, 8, 8}), expected("nv", "randn_4x8x8_second")), 1e-6);
  EXPECT_LT(tests::max_difference(draw(*source, {3, 4}), expected("nv", "randn_3x4_third")), 1e-6);
}

TEST(NormalSource, Follows64BitSeeds) {
  constexpr std::uint64_t kSeed = 1311768467294899695;
  const io::TensorFile golden = tests::golden_tensors("sampling/noise.safetensors");
  const std::string seed = std::to_string(kSeed);
  EXPECT_LT(tests::max_difference(draw(*make_normal_source(NoiseStream::kTorchCpu, kSeed), {4, 4}),
                                  golden.tensor("cpu." + seed + ".randn_4x4")),
            5e-6);
  EXPECT_LT(tests::max_difference(draw(*make_normal_source(NoiseStream::kPhilox, kSeed), {4, 4}),
                                  golden.tensor("nv." + seed + ".randn_4x4")),
            1e-6);
}

INSTANTIATE_TEST_SUITE_P(Seeds, PublishedNoise, testing::ValuesIn(kSeeds));

}  // namespace
}  // namespace fude
