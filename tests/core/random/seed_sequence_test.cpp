#include "core/random/seed_sequence.h"

#include <gmock/gmock.h>

#include "core/error.h"
#include "tests/support/golden.h"

namespace fude {
namespace {

TEST(SeedSequence, MatchesEveryPublishedState) {
  const auto cases = tests::golden_json("sampling/noise.json").at("numpy_seed_sequence");
  ASSERT_GT(cases.size(), 30U);
  for (const auto& entry : cases) {
    std::vector<std::uint64_t> spawn_key;
    if (!entry.at("spawn_key").is_null()) spawn_key = entry.at("spawn_key").get<std::vector<std::uint64_t>>();
    const SeedSequence sequence(entry.at("entropy").get<std::uint64_t>(), spawn_key,
                                entry.at("pool_size").get<std::size_t>());
    EXPECT_THAT(sequence.generate_state(4),
                testing::ElementsAreArray(entry.at("state").get<std::vector<std::uint32_t>>()))
        << entry.dump();
  }
}

TEST(SeedSequence, TellsSpawnKeysApartFromLongerSeeds) {
  const std::vector<std::uint64_t> spawn_key{1};
  EXPECT_NE(SeedSequence(5, spawn_key).generate_state(2),
            SeedSequence(5 + (std::uint64_t{1} << 32U)).generate_state(2));
}

TEST(SeedSequence, RejectsPoolTooSmallToMix) { EXPECT_THROW(SeedSequence(1, {}, 3), Error); }

}  // namespace
}  // namespace fude
