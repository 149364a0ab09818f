#include "training/judge/network.h"

#include <gtest/gtest.h>

#include <fstream>

#include "io/safetensors_writer.h"
#include "tests/support/refusal.h"
#include "tests/support/temporary_folder.h"
#include "training/judge/targets.h"

namespace fude::judge {
namespace {

TEST(JudgeNetwork, GivesOneLogitForEachAnswer) {
  const Network network(answer_counts(), 1);
  const at::Tensor logits = network.forward(at::randn({2, 3, 128, 128}), Mode::kInference);
  std::int64_t answers = 0;
  for (std::int64_t count : answer_counts()) answers += count;
  EXPECT_EQ(logits.sizes(), (std::vector<std::int64_t>{2, answers}));
  EXPECT_TRUE(network.head(logits, 0).equal(logits.narrow(1, 0, answer_counts()[0])));
}

TEST(JudgeNetwork, AnswersLieInTheirGroups) {
  const Network network(answer_counts(), 1);
  const at::Tensor answers = network.answers(at::randn({3, 3, 128, 128}));
  const at::Tensor counts = at::tensor(answer_counts());
  EXPECT_EQ(answers.size(1), counts.size(0));
  EXPECT_TRUE(answers.lt(counts).all().item<bool>());
  EXPECT_TRUE(answers.ge(0).all().item<bool>());
}

TEST(JudgeNetwork, StartsFromItsSeed) {
  const at::Tensor x = at::randn({1, 3, 128, 128});
  const at::Tensor logits = Network(answer_counts(), 1).forward(x, Mode::kInference);
  EXPECT_TRUE(logits.equal(Network(answer_counts(), 1).forward(x, Mode::kInference)));
  EXPECT_FALSE(logits.equal(Network(answer_counts(), 2).forward(x, Mode::kInference)));
}

TEST(JudgeNetwork, SurvivesItsFileInHalfPrecision) {
  const tests::TemporaryFolder folder;
  const auto path = folder.path() / "judge.safetensors";
  Network network(answer_counts(), 3);
  save_network(path, network, {});
  const at::Tensor x = at::randn({2, 3, 128, 128});
  const at::Tensor before = network.forward(x, Mode::kInference);
  const at::Tensor after = load_network(path).forward(x, Mode::kInference);
  EXPECT_LT((after - before).abs().max().item<double>(), 0.02 * before.abs().max().item<double>());
  EXPECT_LT(std::filesystem::file_size(path), 1'500'000u);
}

TEST(JudgeNetwork, RefusesOtherFiles) {
  const tests::TemporaryFolder folder;
  const auto path = folder.path() / "other.safetensors";
  io::write_safetensors(path, {{"a", at::zeros({2})}});
  tests::refusal(ErrorCode::kCorruptFile, [&] { load_network(path); });
  io::write_safetensors(path, {{"a", at::zeros({2})}}, {{"judge.table", "hats: red blue;"}});
  tests::refusal(ErrorCode::kUnsupportedModel, [&] { load_network(path); });
}

TEST(JudgeNetwork, RefusesAMissingTensor) {
  const tests::TemporaryFolder folder;
  const auto path = folder.path() / "judge.safetensors";
  Network network(answer_counts(), 3);
  save_network(path, network, {});
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  std::string header(16384, '\0');
  file.read(header.data(), static_cast<std::streamsize>(header.size()));
  const auto at = header.find("hidden.bias");
  ASSERT_NE(at, std::string::npos);
  file.seekp(static_cast<std::streamoff>(at));
  file << "hidden.bios";
  file.close();
  EXPECT_NE(tests::refusal(ErrorCode::kCorruptFile, [&] { load_network(path); }).find("hidden.bias"),
            std::string::npos);
}

TEST(ToInput, HalvesAndCentres) {
  const at::Tensor x = to_input(at::full({1, 3, 256, 256}, 255, at::kByte));
  EXPECT_EQ(x.sizes(), (std::vector<std::int64_t>{1, 3, 128, 128}));
  EXPECT_FLOAT_EQ(x.max().item<float>(), 1.0f);
  EXPECT_FLOAT_EQ(x.min().item<float>(), 1.0f);
}

}  // namespace
}  // namespace fude::judge
