#include "io/hash_cache.h"

#include <gtest/gtest.h>

#include <fstream>

#include "tests/support/temporary_folder.h"

namespace fude::io {
namespace {

namespace fs = std::filesystem;

class HashCacheTest : public testing::Test {
 protected:
  fs::path model(const std::string& name, const std::string& content) const {
    write(name, content);
    fs::last_write_time(folder_ / name, fs::file_time_type::clock::now() - std::chrono::hours(1));
    return folder_ / name;
  }
  void write(const std::string& name, const std::string& content) const {
    std::ofstream(folder_ / name, std::ios::binary) << content;
  }
  std::optional<std::string> found(const fs::path& path) const { return cache_.find(*stamp_of(path)); }

  tests::TemporaryFolder folder_;
  HashCache cache_{folder_ / "made/cache.json"};
  const std::string other_ = "fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210";
  const std::string hash_ = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
};

TEST_F(HashCacheTest, KnowsWhatWasKeptAndNothingElse) {
  const fs::path one = model("one", "1"), two = model("two", "2");
  EXPECT_FALSE(found(one));
  cache_.keep(*stamp_of(one), hash_);
  EXPECT_EQ(found(one), hash_);
  EXPECT_FALSE(found(two));
  cache_.keep(*stamp_of(two), other_);
  EXPECT_EQ(found(one), hash_);
  EXPECT_EQ(HashCache(folder_ / "made/cache.json").find(*stamp_of(two)), other_);
}

TEST_F(HashCacheTest, ForgetsAFileThatChanged) {
  const fs::path path = model("one", "1");
  cache_.keep(*stamp_of(path), hash_);
  fs::last_write_time(path, fs::last_write_time(path) + std::chrono::nanoseconds(1000));
  EXPECT_FALSE(found(path));
  cache_.keep(*stamp_of(path), hash_);
  const fs::file_time_type changed = fs::last_write_time(path);
  write("one", "12");
  fs::last_write_time(path, changed);
  EXPECT_FALSE(found(path));
}

TEST_F(HashCacheTest, DoesNotTrustTheStampOfAFileJustWritten) {
  write("fresh", "1");
  cache_.keep(*stamp_of(folder_ / "fresh"), hash_);
  EXPECT_FALSE(found(folder_ / "fresh"));
}

TEST_F(HashCacheTest, FollowsLinks) {
  const fs::path path = model("one", "1");
  fs::create_symlink(path, folder_ / "link");
  cache_.keep(*stamp_of(folder_ / "link"), hash_);
  EXPECT_EQ(found(path), hash_);
}

TEST_F(HashCacheTest, TakesADamagedCacheForAnEmptyOne) {
  const fs::path path = model("one", "1");
  fs::create_directory(folder_ / "made");
  const std::string key = fs::canonical(path).string();
  for (const std::string& damaged :
       {std::string("{"), std::string("[]"), std::string("\0\xff", 2), "{\"" + key + "\": 1}",
        "{\"" + key + "\": {\"sha256\": 5}}", "{\"" + key + "\": {\"sha256\": \"" + hash_ + "\"}}"}) {
    write("made/cache.json", damaged);
    EXPECT_FALSE(found(path)) << damaged;
    cache_.keep(*stamp_of(path), hash_);
    EXPECT_EQ(found(path), hash_) << damaged;
  }
}

TEST_F(HashCacheTest, DoesWithoutAPlaceToWrite) {
  const fs::path path = model("one", "1");
  write("occupied", "");
  for (const fs::path& place : {folder_ / "occupied/cache.json", fs::path()}) {
    const HashCache cache(place);
    cache.keep(*stamp_of(path), hash_);
    EXPECT_FALSE(cache.find(*stamp_of(path)));
  }
}

TEST(StampOf, IsAbsentForWhatIsNoFile) {
  const tests::TemporaryFolder folder;
  EXPECT_FALSE(stamp_of(folder.path()));
  EXPECT_FALSE(stamp_of(folder / "missing"));
}

}  // namespace
}  // namespace fude::io
