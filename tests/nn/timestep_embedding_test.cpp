#include "nn/timestep_embedding.h"

#include <gtest/gtest.h>

#include <cmath>

namespace fude::nn {
namespace {

TEST(TimestepEmbedding, PutsCosinesBeforeSines) {
  const at::Tensor embedding = timestep_embedding(at::tensor({0.F, 3.F}), 6);
  ASSERT_EQ(embedding.sizes(), (at::IntArrayRef{2, 6}));
  for (int i = 0; i < 3; ++i) {
    const double angle = 3 * std::pow(10000.0, -i / 3.0);
    EXPECT_FLOAT_EQ(embedding[0][i].item<float>(), 1);
    EXPECT_FLOAT_EQ(embedding[0][i + 3].item<float>(), 0);
    EXPECT_NEAR(embedding[1][i].item<double>(), std::cos(angle), 1e-6);
    EXPECT_NEAR(embedding[1][i + 3].item<double>(), std::sin(angle), 1e-6);
  }
}

TEST(TimestepEmbedding, TellsFractionalTimestepsApart) {
  const at::Tensor near = timestep_embedding(at::tensor({500.F, 500.25F}), 320);
  EXPECT_GT((near[0] - near[1]).abs().max().item<double>(), 0.1);
}

TEST(TimestepEmbedding, IsFloat32WhateverTheTimestepsAre) {
  const at::Tensor whole = timestep_embedding(at::tensor({999}, at::kLong), 320);
  EXPECT_EQ(whole.scalar_type(), at::kFloat);
  EXPECT_TRUE(whole.equal(timestep_embedding(at::tensor({999.F}), 320)));
}

}  // namespace
}  // namespace fude::nn
