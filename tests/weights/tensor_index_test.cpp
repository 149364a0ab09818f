#include "weights/tensor_index.h"

#include <gtest/gtest.h>

#include "tests/support/refusal.h"

namespace fude::weights {
namespace {

const TensorIndex kIndex = {{"blocks.0.weight", {4, 3}},
                            {"blocks.1.weight", {4, 4}},
                            {"blocks.3.weight", {9}},
                            {"blocks_end", {1}},
                            {"scalar", {}}};

TEST(ShapeOf, GivesAShapeOrNamesTheMissingTensor) {
  EXPECT_EQ(shape_of(kIndex, "blocks.0.weight"), (std::vector<int64_t>{4, 3}));
  EXPECT_EQ(tests::refusal(ErrorCode::kUnsupportedModel, [] { shape_of(kIndex, "a\n"); }),
            "tensor 'a\\x0a' is missing");
}

TEST(SizeOf, RefusesADimensionThatIsNotThere) {
  EXPECT_EQ(size_of(kIndex, "blocks.0.weight", 1), 3);
  EXPECT_EQ(tests::refusal(ErrorCode::kUnsupportedModel, [] { size_of(kIndex, "blocks.3.weight", 1); }),
            "tensor 'blocks.3.weight' has 1 dimensions, expected at least 2");
  EXPECT_EQ(tests::refusal(ErrorCode::kUnsupportedModel, [] { size_of(kIndex, "scalar", 0); }),
            "tensor 'scalar' has 0 dimensions, expected at least 1");
}

TEST(HasPrefix, SeesAnyNameWithThatBeginning) {
  EXPECT_TRUE(has_prefix(kIndex, "blocks."));
  EXPECT_TRUE(has_prefix(kIndex, "scalar"));
  EXPECT_TRUE(has_prefix(kIndex, ""));
  EXPECT_FALSE(has_prefix(kIndex, "blocks.2"));
  EXPECT_FALSE(has_prefix(kIndex, "scalars"));
  EXPECT_FALSE(has_prefix({}, ""));
}

TEST(SubIndex, TakesThePrefixOff) {
  const TensorIndex inside = sub_index(kIndex, "blocks.");
  EXPECT_EQ(inside.size(), 3U);
  EXPECT_EQ(inside.at("1.weight"), (std::vector<int64_t>{4, 4}));
  EXPECT_TRUE(sub_index(kIndex, "other.").empty());
  EXPECT_EQ(sub_index(kIndex, ""), kIndex);
}

TEST(CountNumbered, StopsAtTheFirstGap) {
  EXPECT_EQ(count_numbered(kIndex, "blocks.", ".weight"), 2);
  EXPECT_EQ(count_numbered(kIndex, "blocks.", ".bias"), 0);
}

TEST(RequireSoundShapes, RefusesEmptyAndEndlessDimensions) {
  EXPECT_NO_THROW(require_sound_shapes(kIndex));
  EXPECT_NE(tests::refusal(ErrorCode::kCorruptFile,
                           [] {
                             require_sound_shapes({{"a", {3, 0}}});
                           })
                .find("'a'"),
            std::string::npos);
  tests::refusal(ErrorCode::kCorruptFile, [] { require_sound_shapes({{"a", {1 << 17}}}); });
}

}  // namespace
}  // namespace fude::weights
