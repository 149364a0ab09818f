#include "weights/state_dict.h"

#include <gtest/gtest.h>

#include "io/safetensors_writer.h"
#include "tests/support/refusal.h"
#include "tests/support/temporary_folder.h"

namespace fude::weights {
namespace {

class StateDictTest : public testing::Test {
 protected:
  StateDictTest() {
    io::write_safetensors(path_, {{"net.half", at::full({2, 3}, 0.5, at::kHalf)},
                                  {"net.float", at::full({2}, 0.25F)},
                                  {"net.ids", at::arange(4, at::kLong)},
                                  {"other", at::zeros({1})}});
  }

  StateDict open(at::ScalarType type) const { return {io::TensorFile::open(path_), type}; }

  tests::TemporaryFolder folder_;
  std::filesystem::path path_ = folder_ / "model.safetensors";
};

TEST_F(StateDictTest, GivesFloatsInTheWantedTypeAndIntegersInTheirs) {
  StateDict weights = open(at::kFloat);
  EXPECT_TRUE(weights.take("net.half", {2, 3}).equal(at::full({2, 3}, 0.5F)));
  EXPECT_EQ(weights.take("net.ids", {4}).scalar_type(), at::kLong);
  EXPECT_EQ(open(at::kBFloat16).take("net.float", {2}).scalar_type(), at::kBFloat16);
}

TEST_F(StateDictTest, LeavesTensorsOfTheWantedTypeInTheFile) {
  StateDict weights = open(at::kHalf);
  const at::Tensor first = weights.take("net.half", {2, 3}), again = weights.take("net.half", {2, 3});
  EXPECT_EQ(first.data_ptr(), again.data_ptr());
}

TEST_F(StateDictTest, OutlivesTheFilesName) {
  at::Tensor tensor;
  {
    StateDict weights = open(at::kHalf);
    tensor = weights.take("net.half", {2, 3});
    std::filesystem::remove(path_);
  }
  EXPECT_TRUE(tensor.equal(at::full({2, 3}, 0.5, at::kHalf)));
}

TEST_F(StateDictTest, NamesAMissingTensorAndItsFile) {
  StateDict weights = open(at::kFloat);
  EXPECT_EQ(tests::refusal(ErrorCode::kCorruptFile, [&] { (weights.root() / "net").take("bias", {2}); }),
            "'" + path_.string() + "': tensor 'net.bias' is missing");
}

TEST_F(StateDictTest, NamesFoundAndExpectedShape) {
  StateDict weights = open(at::kFloat);
  EXPECT_EQ(tests::refusal(ErrorCode::kCorruptFile,
                           [&] {
                             weights.take("net.half", {3, 2});
                           }),
            "'" + path_.string() + "': tensor 'net.half' has shape [2, 3], expected [3, 2]");
  EXPECT_EQ(tests::refusal(ErrorCode::kCorruptFile, [&] { weights.take("net.float", {}); }),
            "'" + path_.string() + "': tensor 'net.float' has shape [2], expected []");
}

TEST_F(StateDictTest, ListsWhatNobodyTook) {
  StateDict weights = open(at::kFloat);
  weights.take("net.half", {2, 3});
  EXPECT_EQ(weights.unclaimed("net."), (std::vector<std::string>{"net.float", "net.ids"}));
  EXPECT_EQ(weights.unclaimed("other"), std::vector<std::string>{"other"});
  EXPECT_TRUE(weights.unclaimed("nothing.").empty());
}

TEST_F(StateDictTest, DoesNotCountARefusedTensorAsTaken) {
  StateDict weights = open(at::kFloat);
  EXPECT_THROW(weights.take("net.float", {3}), Error);
  EXPECT_EQ(weights.unclaimed("net.float"), std::vector<std::string>{"net.float"});
}

TEST_F(StateDictTest, IndexesNamesAndShapes) {
  const TensorIndex index = index_of(io::TensorFile::open(path_));
  EXPECT_EQ(index.size(), 4U);
  EXPECT_EQ(index.at("net.half"), (std::vector<int64_t>{2, 3}));
}

}  // namespace
}  // namespace fude::weights
