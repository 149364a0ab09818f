#include "service/missing_pictures.h"

#include <gmock/gmock.h>

namespace fude::service {
namespace {

using pipelines::GenerationRequest;
using testing::ElementsAre;
using testing::IsEmpty;

GenerationRequest request_of(int batch_size, int batch_count) {
  GenerationRequest request;
  request.seed = 100;
  request.subseed = 500;
  request.batch_size = batch_size;
  request.batch_count = batch_count;
  return request;
}

// The seeds of all pictures that the requests make.
std::vector<std::int64_t> seeds(const MissingPictures& missing) {
  std::vector<std::int64_t> list;
  for (const GenerationRequest& request : missing.requests) {
    for (int i = 0; i < request.batch_size * request.batch_count; ++i)
      list.push_back(request_of_image(request, i).seed);
  }
  return list;
}

TEST(MissingPictures, AreAllOfAFreshJob) {
  const std::vector requests{request_of(2, 2)};
  const MissingPictures missing = missing_pictures(requests, {});
  ASSERT_EQ(missing.requests.size(), 1u);
  EXPECT_EQ(missing.requests[0].batch_count, 2);
  EXPECT_EQ(missing.batch_count(), 2);
  EXPECT_THAT(missing.indices, ElementsAre(0, 1, 2, 3));
  EXPECT_THAT(seeds(missing), ElementsAre(100, 101, 102, 103));
}

TEST(MissingPictures, AreTheLaterBatches) {
  const std::vector requests{request_of(2, 3)};
  const MissingPictures missing = missing_pictures(requests, {0, 1});
  ASSERT_EQ(missing.requests.size(), 1u);
  EXPECT_EQ(missing.requests[0].batch_size, 2);
  EXPECT_EQ(missing.requests[0].batch_count, 2);
  EXPECT_EQ(missing.requests[0].subseed, 502);
  EXPECT_THAT(missing.indices, ElementsAre(2, 3, 4, 5));
  EXPECT_THAT(seeds(missing), ElementsAre(102, 103, 104, 105));
}

TEST(MissingPictures, AreMadeOneByOneWhereABatchIsHalfDone) {
  const std::vector requests{request_of(2, 3)};
  const MissingPictures missing = missing_pictures(requests, {0, 2});
  EXPECT_THAT(missing.indices, ElementsAre(1, 3, 4, 5));
  EXPECT_THAT(seeds(missing), ElementsAre(101, 103, 104, 105));
  EXPECT_EQ(missing.requests.size(), 3u);
}

TEST(MissingPictures, StartFromAllPicturesOfTheirBatch) {
  GenerationRequest request = request_of(2, 3);
  request.sources.init_images = {pipelines::picture_bytes("a"), pipelines::picture_bytes("b")};
  const std::vector requests{request};
  const MissingPictures missing = missing_pictures(requests, {0, 2});
  ASSERT_EQ(missing.requests.size(), 3u);
  for (int i : {0, 1}) EXPECT_EQ(*missing.requests[i].sources.init_images.at(0), "b");
  EXPECT_EQ(missing.requests[2].sources, request.sources);
}

TEST(MissingPictures, KeepTheSeedOfAVariation) {
  std::vector requests{request_of(1, 3)};
  requests[0].subseed_strength = 0.5;
  const MissingPictures missing = missing_pictures(requests, {0});
  EXPECT_EQ(missing.requests[0].seed, 100);
  EXPECT_EQ(missing.requests[0].subseed, 501);
}

TEST(MissingPictures, CountThroughTheRequestsOfAJob) {
  const std::vector requests{request_of(1, 1), request_of(1, 2), request_of(1, 1)};
  const MissingPictures missing = missing_pictures(requests, {0, 1});
  EXPECT_THAT(missing.indices, ElementsAre(2, 3));
  EXPECT_THAT(seeds(missing), ElementsAre(101, 100));
}

TEST(MissingPictures, AreNoneOfAFinishedJob) {
  const std::vector requests{request_of(2, 1), request_of(1, 1)};
  const MissingPictures missing = missing_pictures(requests, {0, 1, 2});
  EXPECT_THAT(missing.requests, IsEmpty());
  EXPECT_THAT(missing.indices, IsEmpty());
}

// Its batches are of tiles, and each of its pictures is one of them.
TEST(MissingPictures, KeepTheBatchesOfSdUpscale) {
  std::vector requests{request_of(4, 3)};
  requests[0].sd_upscale = true;
  const MissingPictures missing = missing_pictures(requests, {1});
  EXPECT_THAT(missing.indices, ElementsAre(0, 2));
  ASSERT_EQ(missing.requests.size(), 2u);
  for (const GenerationRequest& request : missing.requests) {
    EXPECT_EQ(request.batch_size, 4);
    EXPECT_EQ(request.batch_count, 1);
  }
  EXPECT_EQ(missing.requests[0].seed, 100);
  EXPECT_EQ(missing.requests[1].seed, 102);
}

}  // namespace
}  // namespace fude::service
