#include <gtest/gtest.h>

#include "training/picture_source.h"

namespace fude::training {
namespace {

TEST(PainterSource, GivesTheSamePictureForTheSameIndex) {
  const auto source = make_painter_source(7, 10);
  EXPECT_EQ(source->picture(3), source->picture(3));
  EXPECT_NE(source->picture(3), source->picture(4));
  EXPECT_FALSE(source->tags(3).empty());
}

}  // namespace
}  // namespace fude::training
