#include "service/request_sources.h"

#include <gmock/gmock.h>

#include "tests/support/refusal.h"

namespace fude::service {
namespace {

using pipelines::GenerationRequest;
using pipelines::picture_bytes;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

TEST(RequestSources, ComeBackAsTheyWere) {
  GenerationRequest request;
  request.sources = {.init_images = {picture_bytes("one"), picture_bytes("two")},
                     .mask = picture_bytes("mask"),
                     .latent_mask = picture_bytes("latent"),
                     .firstpass_image = picture_bytes("first")};
  const pipelines::SourcePictures before = request.sources;
  const std::vector<Source> sources = take_sources(request);
  EXPECT_THAT(sources, SizeIs(5));
  EXPECT_EQ(request.sources, pipelines::SourcePictures());
  give_sources(request, sources);
  EXPECT_EQ(request.sources, before);
}

TEST(RequestSources, AreNoneOfWordsAlone) {
  GenerationRequest request;
  EXPECT_THAT(take_sources(request), IsEmpty());
  give_sources(request, {});
  EXPECT_EQ(request.sources, pipelines::SourcePictures());
}

TEST(RequestSources, RefusesMembersOfANewerVersion) {
  GenerationRequest request;
  EXPECT_THAT(tests::refusal(ErrorCode::kInvalidArgument,
                             [&] { give_sources(request, {{.member = "depth", .bytes = picture_bytes("x")}}); }),
              HasSubstr("'depth'"));
}

TEST(RequestSources, OfAnUpscaleAreOneOrNone) {
  EXPECT_THAT(upscale_sources({}), IsEmpty());
  EXPECT_EQ(upscaled_source({}), nullptr);
  EXPECT_EQ(*upscaled_source(upscale_sources(picture_bytes("x"))), "x");
}

}  // namespace
}  // namespace fude::service
