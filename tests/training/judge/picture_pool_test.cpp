#include "training/judge/picture_pool.h"

#include <gtest/gtest.h>

#include "training/judge/targets.h"

namespace fude::judge {
namespace {

TEST(PaintBatch, PairsPicturesWithTheirTargets) {
  const Batch batch = paint_batch(5, 10, 3);
  EXPECT_EQ(batch.pictures.sizes(), (std::vector<std::int64_t>{3, 3, 256, 256}));
  EXPECT_EQ(batch.pictures.scalar_type(), at::kByte);
  EXPECT_TRUE(batch.targets[2].equal(at::tensor(targets_of(painter::draw_character(5, 12)))));
  EXPECT_TRUE(batch.pictures[2].equal(paint_batch(5, 12, 1).pictures[0]));
}

TEST(PicturePool, ReplacesTheOldest) {
  PicturePool pool(5, 4);
  pool.refresh(6);
  EXPECT_EQ(pool.painted(), 6);
  painter::Random random(1);
  const at::Tensor targets = pool.draw(64, random).targets;
  for (std::uint64_t gone : {0, 1}) {
    const at::Tensor old = at::tensor(targets_of(painter::draw_character(5, gone)));
    EXPECT_FALSE(targets.eq(old).all(1).any().item<bool>());
  }
}

TEST(PicturePool, DrawsWhatTheNetworkTakes) {
  PicturePool pool(5, 8);
  pool.refresh(2);  // less than its capacity
  painter::Random random(1);
  const Batch batch = pool.draw(16, random);
  EXPECT_EQ(batch.pictures.sizes(), (std::vector<std::int64_t>{16, 3, 256, 256}));
  EXPECT_LE(batch.pictures.abs().max().item<float>(), 1.0f);
  EXPECT_EQ(batch.targets.size(0), 16);
}

}  // namespace
}  // namespace fude::judge
