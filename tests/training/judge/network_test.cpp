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
  const at::Tensor logits = network.forward(at::randn({2, 3, 256, 256}), Mode::kInference);
  std::int64_t answers = 0;
  for (std::int64_t count : answer_counts()) answers += count;
  EXPECT_EQ(logits.sizes(), (std::vector<std::int64_t>{2, answers}));
  EXPECT_TRUE(network.head(logits, 0).equal(logits.narrow(1, 0, answer_counts()[0])));
}

TEST(JudgeNetwork, AnswersLieInTheirGroups) {
  const Network network(answer_counts(), 1);
  const at::Tensor answers = network.answers(at::randn({3, 3, 256, 256}));
  const at::Tensor counts = at::tensor(answer_counts());
  EXPECT_EQ(answers.size(1), counts.size(0));
  EXPECT_TRUE(answers.lt(counts).all().item<bool>());
  EXPECT_TRUE(answers.ge(0).all().item<bool>());
}

TEST(JudgeNetwork, StartsFromItsSeed) {
  const at::Tensor x = at::randn({1, 3, 256, 256});
  const at::Tensor logits = Network(answer_counts(), 1).forward(x, Mode::kInference);
  EXPECT_TRUE(logits.equal(Network(answer_counts(), 1).forward(x, Mode::kInference)));
  EXPECT_FALSE(logits.equal(Network(answer_counts(), 2).forward(x, Mode::kInference)));
}

TEST(JudgeNetwork, SurvivesItsFileInHalfPrecision) {
  const tests::TemporaryFolder folder;
  const auto path = folder.path() / "judge.safetensors";
  Network network(answer_counts(), 3);
  save_network(path, network, {});
  const at::Tensor x = at::randn({2, 3, 256, 256});
  const at::Tensor before = network.forward(x, Mode::kInference);
  const at::Tensor after = load_network(path).forward(x, Mode::kInference);
  EXPECT_LT((after - before).abs().max().item<double>(), 0.02 * before.abs().max().item<double>());
  EXPECT_LT(std::filesystem::file_size(path), 1'600'000u);
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
  const auto at = header.find("heads.bias");
  ASSERT_NE(at, std::string::npos);
  file.seekp(static_cast<std::streamoff>(at));
  file << "heads.bios";
  file.close();
  EXPECT_NE(tests::refusal(ErrorCode::kCorruptFile, [&] { load_network(path); }).find("heads.bias"), std::string::npos);
}

TEST(JudgeNetwork, AnswersTheSameForAMirroredPicture) {
  const Network network(answer_counts(), 1);
  const at::Tensor x = at::randn({2, 3, 256, 256});
  EXPECT_TRUE(network.answers(x).equal(network.answers(x.flip(3))));
}

TEST(JudgeNetwork, ComputesInBfloat16WithNearlyTheSameResult) {
  const Network network(answer_counts(), 1);
  const at::Tensor x = at::randn({2, 3, 256, 256});
  const at::Tensor exact = network.forward(x, Mode::kInference);
  const at::Tensor rough = network.forward(x.to(at::kBFloat16), Mode::kInference);
  EXPECT_EQ(rough.scalar_type(), at::kFloat);
  EXPECT_LT((rough - exact).abs().max().item<double>(), 0.1 * exact.abs().max().item<double>());
}

TEST(Glances, GatherTheMeanUntilTheyHaveLearned) {
  const Glances glances{.name = "", .seen = at::zeros({3, 4}), .place = at::zeros({3, 6})};
  const at::Tensor features = at::randn({2, 4, 2, 3});
  const at::Tensor mean = features.mean({2, 3}).unsqueeze(1).expand({2, 3, 4});
  EXPECT_LT((glances.forward(features) - mean).abs().max().item<double>(), 1e-6);
}

TEST(Glances, LookWhereTheirScoresAreHigh) {
  Glances glances{.name = "", .seen = at::zeros({1, 4}), .place = at::zeros({1, 6})};
  glances.place[0][5] = 100;
  const at::Tensor features = at::randn({2, 4, 2, 3});
  EXPECT_TRUE(glances.forward(features).squeeze(1).allclose(features.select(3, 2).select(2, 1)));
}

TEST(ToInput, ScalesToItsSizeAndCentres) {
  const at::Tensor x = to_input(at::full({1, 3, 512, 512}, 255, at::kByte));
  EXPECT_EQ(x.sizes(), (std::vector<std::int64_t>{1, 3, 256, 256}));
  EXPECT_FLOAT_EQ(x.max().item<float>(), 1.0f);
  EXPECT_FLOAT_EQ(x.min().item<float>(), 1.0f);
}

}  // namespace
}  // namespace fude::judge
