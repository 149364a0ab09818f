#include "models/text_encoders/text_encoder.h"

#include <gmock/gmock.h>

#include "io/tensor_file.h"
#include "tests/support/refusal.h"
#include "tests/support/tiny_model.h"
#include "weights/state_dict.h"

namespace fude::models {
namespace {

using ::testing::HasSubstr;

weights::TensorIndex index_of(const std::string& model) {
  return weights::index_of(io::TensorFile::open(tests::tiny_model(model)));
}

TEST(InferTextEncoders, ReadsTheLastStateOfStableDiffusion1) {
  const auto encoders = infer_text_encoders(index_of("tiny-sd1"));
  ASSERT_EQ(encoders.size(), 1u);
  EXPECT_EQ(encoders[0].reading.layer_from_end, 1);
  EXPECT_EQ(encoders[0].reading_at(3, false).layer_from_end, 3);
  EXPECT_FALSE(encoders[0].pads_with_zero);
}

TEST(InferTextEncoders, ReadsTheLastButOneOfStableDiffusion2WhateverIsSkipped) {
  const auto encoders = infer_text_encoders(index_of("tiny-sd2v"));
  ASSERT_EQ(encoders.size(), 1u);
  EXPECT_EQ(encoders[0].network.width, 192);
  EXPECT_EQ(encoders[0].network.heads, 3);
  EXPECT_EQ(encoders[0].network.layers, 4);
  EXPECT_FALSE(encoders[0].network.has_quick_gelu);
  EXPECT_EQ(encoders[0].reading_at(5, true).layer_from_end, 2);
  EXPECT_TRUE(encoders[0].reading.is_normalised);
}

TEST(InferTextEncoders, PutsSdxlsEncodersInTheirOrder) {
  const auto encoders = infer_text_encoders(index_of("tiny-sdxl"));
  ASSERT_EQ(encoders.size(), 2u);
  EXPECT_EQ(encoders[0].network.width, 128);
  EXPECT_EQ(encoders[1].network.width, 192);
  EXPECT_TRUE(encoders[1].reading.wants_pooled);
  EXPECT_FALSE(encoders[0].reading.is_normalised);
  EXPECT_EQ(encoders[0].reading_at(3, false).layer_from_end, 2);
  EXPECT_EQ(encoders[0].reading_at(3, true).layer_from_end, 3);
}

TEST(InferTextEncoders, SaysWhereADamagedOneLies) {
  auto index = index_of("tiny-sd2v");
  index.erase("cond_stage_model.model.positional_embedding");
  EXPECT_THAT(tests::refusal(ErrorCode::kUnsupportedModel, [&] { infer_text_encoders(index); }),
              HasSubstr("below 'cond_stage_model.model.': tensor 'positional_embedding' is missing"));
}

}  // namespace
}  // namespace fude::models
