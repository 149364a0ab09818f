#include "models/adapters/textual_inversion.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "io/safetensors_writer.h"
#include "tests/support/golden.h"
#include "tests/support/refusal.h"
#include "tests/support/temporary_folder.h"

namespace fude::models {
namespace {

using ::testing::HasSubstr;

TEST(TextualInversion, ReadsEveryRecordedLayout) {
  const TextualInversion zip = read_textual_inversion(tests::golden_tensors("embeddings/myemb.pt"), "myemb");
  EXPECT_EQ(zip.name, "myemb");
  ASSERT_EQ(zip.vectors.size(), 1u);
  EXPECT_EQ(zip.vectors[0].sizes(), (at::IntArrayRef{3, 128}));
  const auto legacy = read_textual_inversion(tests::golden_tensors("embeddings/style-x.legacy.pt"), "x");
  const auto scripts = read_textual_inversion(tests::golden_tensors("embeddings/style-x.safetensors"), "x");
  EXPECT_EQ(legacy.count(), 1);
  EXPECT_TRUE(at::equal(legacy.vectors[0], scripts.vectors[0]));
  const auto pair = read_textual_inversion(tests::golden_tensors("embeddings/xl_emb.safetensors"), "x");
  ASSERT_EQ(pair.vectors.size(), 2u);
  EXPECT_EQ(pair.vectors[0].sizes(), (at::IntArrayRef{2, 128}));
  EXPECT_EQ(pair.vectors[1].sizes(), (at::IntArrayRef{2, 192}));
}

class WrittenEmbedding : public ::testing::Test {
 protected:
  tests::TemporaryFolder folder_;

  TextualInversion read(const std::map<std::string, at::Tensor>& tensors) const {
    io::write_safetensors(folder_ / "e.safetensors", tensors);
    return read_textual_inversion(io::TensorFile::open(folder_ / "e.safetensors"), "e");
  }

  std::string refusal(const std::map<std::string, at::Tensor>& tensors) const {
    return tests::refusal(ErrorCode::kUnsupportedModel, [&] { read(tensors); });
  }
};

TEST_F(WrittenEmbedding, MayBeOneTensorUnderItsWord) {
  EXPECT_EQ(read({{"<cat-toy>", at::ones({768})}}).vectors[0].sizes(), (at::IntArrayRef{1, 768}));
}

TEST_F(WrittenEmbedding, IsRefusedWhenItsTensorsMakeNoSense) {
  EXPECT_THAT(refusal({{"a", at::ones({2})}, {"b", at::ones({2})}}), HasSubstr("has 2 tensors"));
  EXPECT_THAT(refusal({{"emb_params", at::ones({76, 4})}}), HasSubstr("shape [76, 4]"));
  EXPECT_THAT(refusal({{"emb_params", at::ones({0, 4})}}), HasSubstr("shape [0, 4]"));
  EXPECT_THAT(refusal({{"emb_params", at::ones({1, 2, 3})}}), HasSubstr("shape [1, 2, 3]"));
  EXPECT_THAT(refusal({{"clip_l", at::ones({1, 4})}, {"clip_g", at::ones({2, 6})}}), HasSubstr("1 vectors for one"));
}

TEST(TextualInversionJson, ReadsWhatAPictureCarries) {
  const TextualInversion found = read_textual_inversion_json(
      R"({"name": "inner", "string_to_param": {"*": {"TORCHTENSOR": [[1, 2.5], [3, -4]]}}})", "file");
  EXPECT_EQ(found.name, "inner");
  EXPECT_EQ(found.vectors[0][1][1].item<float>(), -4);
  const TextualInversion nameless =
      read_textual_inversion_json(R"({"string_to_param": {"*": {"TORCHTENSOR": [[1]]}}})", "file");
  EXPECT_EQ(nameless.name, "file");
}

TEST(TextualInversionJson, RefusesAnythingElse) {
  for (const char* json :
       {"", "[]", "{", R"({"string_to_param": {}})", R"({"string_to_param": {"*": [[1]]}})",
        R"({"string_to_param": {"*": {"TORCHTENSOR": []}}})", R"({"string_to_param": {"*": {"TORCHTENSOR": [[]]}}})",
        R"({"string_to_param": {"*": {"TORCHTENSOR": [[1], [1, 2]]}}})",
        R"({"string_to_param": {"*": {"TORCHTENSOR": [["1"]]}}})",
        R"({"string_to_param": {"*": {"TORCHTENSOR": [1, 2]}}})"}) {
    tests::refusal(ErrorCode::kCorruptFile, [&] { read_textual_inversion_json(json, "file"); });
  }
}

}  // namespace
}  // namespace fude::models
