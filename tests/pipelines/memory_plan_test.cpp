#include "pipelines/memory_plan.h"

#include <gmock/gmock.h>

#include "tests/support/refusal.h"

namespace fude::pipelines {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using weights::Residence;

constexpr std::int64_t kMegabyte = std::int64_t{1} << 20;

/// Text encoders of 100 MB, a denoiser of 1000 and an autoencoder of 50, which works in 800 or 400 MB.
std::vector<NetworkDemand> demands() {
  return {{.role = NetworkRole::kTextEncoders,
           .weights = 100 * kMegabyte,
           .largest_weight = 10 * kMegabyte,
           .fixed = 5 * kMegabyte,
           .work = 20 * kMegabyte,
           .work_in_pieces = 20 * kMegabyte},
          {.role = NetworkRole::kDenoiser,
           .weights = 1000 * kMegabyte,
           .largest_weight = 30 * kMegabyte,
           .fixed = 5 * kMegabyte,
           .work = 300 * kMegabyte,
           .work_in_pieces = 300 * kMegabyte},
          {.role = NetworkRole::kAutoencoder,
           .weights = 50 * kMegabyte,
           .largest_weight = 10 * kMegabyte,
           .work = 800 * kMegabyte,
           .work_in_pieces = 400 * kMegabyte}};
}

std::optional<DeviceMemory> free_megabytes(std::int64_t megabytes) {
  return DeviceMemory{.free = static_cast<std::uint64_t>(megabytes * kMegabyte), .total = std::uint64_t{4} << 30};
}

MemoryPlan plan(std::int64_t megabytes, const MemoryWish& wish = {}) {
  return plan_memory(demands(), free_megabytes(megabytes), wish);
}

std::int64_t needed_megabytes(const MemoryPlan& plan) { return plan.needed / kMegabyte; }

TEST(PlanMemory, KeepsAllOnTheDeviceWhereThatFits) {
  // 10 that are there always, 1150 of weights, 800 of the autoencoder's work, 512 of the libraries.
  const MemoryPlan exact = plan(2472);
  EXPECT_EQ(exact.mode, MemoryMode::kFull);
  EXPECT_EQ(needed_megabytes(exact), 2472);
  EXPECT_FALSE(exact.autoencoder_in_pieces);
  EXPECT_THAT(exact.residences, ElementsAre(Residence::kHeld, Residence::kHeld, Residence::kHeld));
}

TEST(PlanMemory, PutsAwayNoMoreThanItMust) {
  using enum Residence;
  struct Case {
    std::int64_t free;
    MemoryMode mode;
    std::vector<Residence> residences;
    bool in_pieces;
    std::int64_t needed;
  };
  for (const Case& c : {Case{2471, MemoryMode::kSwap, {kSwapped, kHeld, kHeld}, false, 2372},
                        Case{2371, MemoryMode::kFull, {kHeld, kHeld, kHeld}, true, 2072},
                        Case{2071, MemoryMode::kSwap, {kSwapped, kHeld, kSwapped}, true, 1972},
                        Case{1971, MemoryMode::kSwap, {kSwapped, kSwapped, kSwapped}, false, 1822},
                        Case{1821, MemoryMode::kStream, {kSwapped, kStreamed, kSwapped}, false, 1372},
                        Case{1371, MemoryMode::kStream, {kSwapped, kStreamed, kSwapped}, true, 972}}) {
    const MemoryPlan found = plan(c.free);
    EXPECT_EQ(found.mode, c.mode) << c.free;
    EXPECT_EQ(found.residences, c.residences) << c.free;
    EXPECT_EQ(found.autoencoder_in_pieces, c.in_pieces) << c.free;
    EXPECT_EQ(needed_megabytes(found), c.needed) << c.free;
  }
}

TEST(PlanMemory, RefusesWhatFitsInNoWay) {
  EXPECT_EQ(tests::refusal(ErrorCode::kOutOfResources, [] { plan(971); }),
            "this picture needs about 0.9 GB on the device even with its weights in RAM, but found 0.9 GB free (4.0 GB "
            "in all); close other programs, ask for a smaller picture or batch, or try all the same with --memory "
            "stream");
}

TEST(PlanMemory, DoesAsItIsToldEvenWhereThatSeemsNotToFit) {
  EXPECT_EQ(plan(9999, {.mode = MemoryMode::kStream}).mode, MemoryMode::kStream);
  EXPECT_EQ(plan(9999, {.mode = MemoryMode::kSwap}).mode, MemoryMode::kSwap);
  const MemoryPlan forced = plan(100, {.mode = MemoryMode::kStream});
  EXPECT_TRUE(forced.autoencoder_in_pieces);  // the most frugal of its mode
  EXPECT_THAT(describe(forced, "GPU"), HasSubstr("about 0.9 GB, more than the 0.1 GB free (4.0 GB in all)"));
  EXPECT_EQ(plan(100, {.mode = MemoryMode::kFull}).mode, MemoryMode::kFull);
}

TEST(PlanMemory, LeavesTheAutoencoderWhole) {
  const MemoryPlan whole = plan(2071, {.works_in_pieces = false});
  EXPECT_FALSE(whole.autoencoder_in_pieces);
  EXPECT_EQ(whole.mode, MemoryMode::kSwap);
  EXPECT_TRUE(plan(9999, {.works_in_pieces = true}).autoencoder_in_pieces);
}

TEST(PlanMemory, TakesUnknownMemoryForEnough) {
  const MemoryPlan unknown = plan_memory(demands(), std::nullopt, {});
  EXPECT_EQ(unknown.mode, MemoryMode::kFull);
  EXPECT_EQ(describe(unknown, "GPU"), "all networks on the GPU: about 2.4 GB");
}

TEST(PlanMemory, CountsARefinersNetworksToo) {
  std::vector<NetworkDemand> both = demands();
  for (const NetworkDemand& demand : demands()) both.push_back(demand);
  const MemoryPlan held = plan_memory(both, free_megabytes(9999), {});
  EXPECT_EQ(needed_megabytes(held), 512 + 2 * 1160 + 800);
  const MemoryPlan swapped = plan_memory(both, free_megabytes(2000), {});
  EXPECT_EQ(needed_megabytes(swapped), 512 + 2 * 10 + 1300);  // one denoiser at a time
  EXPECT_EQ(swapped.residences.size(), 6U);
}

TEST(DescribeMemory, SaysWhereTheNetworksAre) {
  EXPECT_EQ(describe(plan(3584), "GPU"), "all networks on the GPU: about 2.4 of 3.5 GB free (4.0 GB in all)");
  EXPECT_THAT(describe(plan(2400), "GPU"), HasSubstr("text encoders in RAM until needed, the rest on the GPU: "));
  EXPECT_THAT(describe(plan(2000), "GPU"),
              HasSubstr("denoiser on the GPU, the rest in RAM until needed, autoencoder piece by piece: "));
  EXPECT_THAT(describe(plan(1900), "GPU"), HasSubstr("each network in RAM until the GPU needs it: "));
  EXPECT_THAT(describe(plan(1400), "GPU"), HasSubstr("denoiser in RAM, through the GPU layer by layer, "));
}

TEST(MemoryMode, HasTheNamesOfItsFlag) {
  for (const char* name : {"auto", "full", "swap", "stream"}) EXPECT_EQ(name_of(memory_mode_from(name)), name);
  EXPECT_EQ(tests::refusal(ErrorCode::kInvalidArgument, [] { memory_mode_from("lowvram"); }),
            "memory is 'lowvram', expected auto, full, swap or stream");
}

}  // namespace
}  // namespace fude::pipelines
