#include "io/file_hash.h"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <thread>

#include "core/error.h"

namespace fude::io {
namespace {

TEST(FileHash, KnowsWhatItIsTold) {
  EXPECT_EQ(FileHash("0123456789").digits(), "0123456789");
  EXPECT_EQ(FileHash().digits(), "");
}

TEST(FileHash, ComputesOnceForAllCopies) {
  int count = 0;
  const FileHash hash([&](const HashProgress&) {
    ++count;
    return std::string("abc");
  });
  const FileHash copy = hash;  // NOLINT(performance-unnecessary-copy-initialization)
  EXPECT_EQ(count, 0);
  copy.begin();
  copy.begin();
  EXPECT_EQ(hash.digits(), "abc");
  EXPECT_EQ(copy.digits(), "abc");
  hash.begin();
  EXPECT_EQ(count, 1);
}

TEST(FileHash, ComputesWhenAskedWithoutHavingBegun) {
  const FileHash hash([](const HashProgress&) { return std::string("abc"); });
  EXPECT_EQ(hash.digits(), "abc");
}

TEST(FileHash, TellsEveryAskerThatItFailed) {
  const FileHash hash([](const HashProgress&) -> std::string { fail(ErrorCode::kCorruptFile, "the disk is broken"); });
  hash.begin();
  EXPECT_THROW(hash.digits(), Error);
  EXPECT_THROW(hash.digits(), Error);
}

TEST(FileHash, IsGivenUpWhenNobodyWaitsForIt) {
  std::atomic<bool> has_begun = false;
  auto hash = std::make_unique<FileHash>([&](const HashProgress& progress) -> std::string {
    has_begun = true;
    while (true) progress(0);  // as a very large file
  });
  hash->begin();
  while (!has_begun) std::this_thread::yield();
  hash.reset();  // would never return otherwise
}

}  // namespace
}  // namespace fude::io
