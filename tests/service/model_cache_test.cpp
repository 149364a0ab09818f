#include "service/model_cache.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "tests/support/temporary_folder.h"
#include "tests/support/tiny_model.h"

namespace fude::service {
namespace {

class ModelCacheTest : public testing::Test {
 protected:
  ModelCacheTest() {
    std::filesystem::create_directories(folder_ / "Stable-diffusion");
    for (const char* name : {"a", "b", "c"}) {
      std::filesystem::copy_file(tests::tiny_model("micro-sd1"),
                                 folder_ / ("Stable-diffusion/" + std::string(name) + ".safetensors"));
    }
  }

  static pipelines::GenerationRequest request_of(const std::string& model) {
    pipelines::GenerationRequest request;
    request.model = model;
    request.width = request.height = 64;
    return request;
  }

  tests::TemporaryFolder folder_;
  pipelines::ModelLibrary library_{folder_.path()};
  ModelCache cache_{library_, {}};
};

TEST_F(ModelCacheTest, LoadsAModelOnce) {
  EXPECT_FALSE(cache_.has(request_of("a")));
  const pipelines::PictureModel* first = &cache_.take(request_of("a"), {.count = 2});
  EXPECT_TRUE(cache_.has(request_of("a")));
  cache_.take(request_of("b"), {.count = 2});
  EXPECT_EQ(&cache_.take(request_of("a"), {.count = 2}), first);
  EXPECT_EQ(cache_.count(), 2u);
  EXPECT_GT(cache_.bytes(), 0);
}

TEST_F(ModelCacheTest, ForgetsTheOneThatWasUsedLongestAgo) {
  cache_.take(request_of("a"), {.count = 2});
  cache_.take(request_of("b"), {.count = 2});
  cache_.take(request_of("a"), {.count = 2});
  cache_.take(request_of("c"), {.count = 2});
  EXPECT_TRUE(cache_.has(request_of("a")));
  EXPECT_FALSE(cache_.has(request_of("b")));
}

TEST_F(ModelCacheTest, KeepsWithinItsBudget) {
  cache_.take(request_of("a"), {.count = 5, .bytes = 1});
  cache_.take(request_of("b"), {.count = 5, .bytes = 1});
  EXPECT_EQ(cache_.count(), 1u);
  EXPECT_TRUE(cache_.has(request_of("b")));
}

TEST_F(ModelCacheTest, TakesAReplacedFileForAnotherModel) {
  cache_.take(request_of("a"), {.count = 2});
  std::filesystem::last_write_time(folder_ / "Stable-diffusion/a.safetensors",
                                   std::filesystem::file_time_type::clock::now() + std::chrono::hours(1));
  EXPECT_FALSE(cache_.has(request_of("a")));
}

TEST_F(ModelCacheTest, LoadsAgainForAnotherAutoencoder) {
  cache_.take(request_of("a"), {.count = 2});
  pipelines::GenerationRequest request = request_of("a");
  request.vae = "None";
  EXPECT_FALSE(cache_.has(request));
}

TEST_F(ModelCacheTest, ForgetsEverything) {
  cache_.take(request_of("a"), {.count = 2});
  cache_.clear();
  EXPECT_EQ(cache_.count(), 0u);
  EXPECT_EQ(cache_.bytes(), 0);
}

}  // namespace
}  // namespace fude::service
