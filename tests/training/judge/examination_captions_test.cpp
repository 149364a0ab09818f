#include "training/judge/examination_captions.h"

#include <gtest/gtest.h>

#include <set>

#include "training/painter/captions.h"

namespace fude::judge {
namespace {

TEST(ExaminationCaption, AsksForTheBestQuality) {
  for (std::uint64_t i = 0; i < 50; ++i)
    EXPECT_TRUE(examination_caption(3, i).starts_with("masterpiece, best quality, 1")) << examination_caption(3, i);
}

TEST(ExaminationCaption, DependsOnSeedAndIndexOnly) {
  std::set<std::string> captions;
  for (std::uint64_t i = 0; i < 20; ++i) captions.insert({examination_caption(3, i), examination_caption(4, i)});
  EXPECT_EQ(captions.size(), 40u);
  EXPECT_EQ(examination_caption(3, 7), examination_caption(3, 7));
}

TEST(ExaminationCaption, IsReadBackWhole) {
  for (std::uint64_t i = 0; i < 50; ++i) {
    const std::string caption = examination_caption(5, i);
    EXPECT_EQ(painter::caption(painter::character_from_tags(painter::split_tags(caption))), caption);
  }
}

}  // namespace
}  // namespace fude::judge
