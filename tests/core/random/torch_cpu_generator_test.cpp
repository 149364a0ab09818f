#include "core/random/torch_cpu_generator.h"

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>
#include <gmock/gmock.h>

#include <cmath>
#include <vector>

namespace fude {
namespace {

// The installed PyTorch is itself the reference, whatever its version.
double distance_from_torch(std::uint64_t seed, const std::vector<std::int64_t>& draws) {
  at::Generator torch = at::detail::createCPUGenerator(seed);
  TorchCpuGenerator ours(seed);
  double worst = 0;
  for (const std::int64_t count : draws) {
    const at::Tensor expected = at::randn({count}, torch);
    std::vector<float> actual(static_cast<std::size_t>(count));
    ours.fill_normal(actual);
    worst = std::max(worst, (at::from_blob(actual.data(), {count}) - expected).abs().max().item<double>());
  }
  return worst;
}

TEST(TorchCpuGenerator, FollowsTorchForEverySizeOfDraw) {
  for (const std::int64_t count : {1, 2, 7, 15, 16, 17, 23, 31, 32, 37, 256, 12345}) {
    EXPECT_LT(distance_from_torch(1234, {count}), 5e-6) << count;
  }
}

TEST(TorchCpuGenerator, FollowsTorchThroughMixedDraws) {
  EXPECT_LT(distance_from_torch(42, {3, 64, 1, 17, 5, 256, 256}), 5e-6);
}

TEST(TorchCpuGenerator, IgnoresTheHighHalfOfTheSeed) {
  const std::uint64_t seed = (std::uint64_t{9} << 32U) + 77;
  EXPECT_LT(distance_from_torch(seed, {64}), 5e-6);
  EXPECT_EQ(TorchCpuGenerator(seed).next_u32(), TorchCpuGenerator(77).next_u32());
}

TEST(TorchCpuGenerator, HasUnitVarianceAndNoInfinity) {
  TorchCpuGenerator generator(1);
  std::vector<float> values(1 << 16);
  generator.fill_normal(values);
  double sum = 0, squares = 0;
  for (const float value : values) {
    ASSERT_TRUE(std::isfinite(value));
    sum += value;
    squares += static_cast<double>(value) * value;
  }
  EXPECT_NEAR(sum / static_cast<double>(values.size()), 0.0, 0.02);
  EXPECT_NEAR(squares / static_cast<double>(values.size()), 1.0, 0.02);
}

}  // namespace
}  // namespace fude
