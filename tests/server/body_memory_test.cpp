#include "server/body_memory.h"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

namespace fude::server {
namespace {

constexpr std::size_t kFree = BodyMemory::kFree;

TEST(BodyMemory, IsSharedByAllBodies) {
  BodyMemory memory(100);
  BodyMemory::Share one(memory), two(memory);
  EXPECT_TRUE(one.grow_to(kFree + 60));
  EXPECT_FALSE(two.grow_to(kFree + 41));
  EXPECT_TRUE(two.grow_to(kFree + 40));
  EXPECT_FALSE(one.grow_to(kFree + 61));
  EXPECT_EQ(memory.taken(), 100u);
}

TEST(BodyMemory, IsGivenBackWithTheBody) {
  BodyMemory memory(100);
  {
    BodyMemory::Share share(memory);
    EXPECT_TRUE(share.grow_to(kFree + 50));
    EXPECT_TRUE(share.grow_to(kFree + 100));
  }
  EXPECT_EQ(memory.taken(), 0u);
}

TEST(BodyMemory, IsNotAskedForSmallBodies) {
  BodyMemory memory(1);
  BodyMemory::Share large(memory), small(memory);
  EXPECT_TRUE(large.grow_to(kFree + 1));
  EXPECT_TRUE(small.grow_to(kFree));
  EXPECT_EQ(memory.taken(), 1u);
}

TEST(BodyMemory, NeverGivesOutMoreThanThereIs) {
  BodyMemory memory(1000);
  std::atomic<int> given = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      std::vector<std::unique_ptr<BodyMemory::Share>> shares;
      for (int k = 0; k < 1000; ++k) {
        auto share = std::make_unique<BodyMemory::Share>(memory);
        if (!share->grow_to(kFree + 1)) continue;
        ++given;
        shares.push_back(std::move(share));
      }
      EXPECT_LE(memory.taken(), 1000u);
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_GE(given, 1000);
  EXPECT_EQ(memory.taken(), 0u);
}

}  // namespace
}  // namespace fude::server
