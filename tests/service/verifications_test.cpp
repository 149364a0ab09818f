#include "service/verifications.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "service/gallery.h"
#include "tests/service/gallery_fixture.h"

namespace fude::service {
namespace {

pipelines::Verification answer() {
  return {.verdict = pipelines::Verdict::kDifferent,
          .within = 2,
          .difference = {.most = 7, .share = 0.25, .left = 1, .top = 2, .width = 3, .height = 4},
          .missing = {{.part = "lora", .name = "ink", .hash = "0123456789ab", .message = "lora 'ink': put it there"},
                      {.part = "model", .message = "the picture does not say which model made it"}},
          .notes = {"one", "two"},
          .model = "cats",
          .model_hash = "0123456789",
          .recorded = pipelines::EngineProfile{"cuda", "fp16", ""},
          .used = pipelines::EngineProfile{"cpu", "bf16", "amx"}};
}

class VerificationsTest : public GalleryTest {
 protected:
  Verifications verifications_{database_};
};

TEST_F(VerificationsTest, GiveBackWhatWasAnswered) {
  const Picture picture = add("a.png", "a cat");
  EXPECT_FALSE(verifications_.of(picture.id));
  verifications_.keep(picture, {});
  verifications_.keep(picture, answer());
  const auto found = verifications_.of(picture.id);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->picture, picture.id);
  EXPECT_GT(found->verified_at, 0);
  EXPECT_EQ(found->answer.verdict, pipelines::Verdict::kDifferent);
  EXPECT_EQ(found->answer.within, 2);
  EXPECT_EQ(found->answer.difference.most, 7);
  EXPECT_EQ(found->answer.difference.share, 0.25);
  EXPECT_EQ(found->answer.difference.height, 4);
  EXPECT_EQ(found->answer.missing, answer().missing);
  EXPECT_EQ(found->answer.notes, answer().notes);
  EXPECT_EQ(found->answer.model_hash, "0123456789");
  EXPECT_EQ(found->answer.recorded, answer().recorded);
  EXPECT_EQ(found->answer.used, answer().used);
}

TEST_F(VerificationsTest, KeepLinesApartWhateverNamesHold) {
  const Picture picture = add("a.png", "a cat");
  verifications_.keep(picture,
                      {.missing = {{.part = "lora", .name = "a\tb\nc", .hash = "", .message = "put it there"}}});
  const auto missing = verifications_.of(picture.id)->answer.missing;
  ASSERT_EQ(missing.size(), 1u);
  EXPECT_EQ(missing[0].name, "a\\x09b\\x0ac");
  EXPECT_EQ(missing[0].message, "put it there");
}

TEST_F(VerificationsTest, AreOfTheFileThatWasLookedAt) {
  const Picture picture = add("a.png", "a cat");
  verifications_.keep(picture, answer());
  draw("a.png", "another cat");
  gallery_.rescan();
  EXPECT_FALSE(verifications_.of(picture.id));
}

}  // namespace
}  // namespace fude::service
