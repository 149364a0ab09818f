#include "pipelines/network_request.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "tests/support/refusal.h"

namespace fude::pipelines {
namespace {

using ::testing::HasSubstr;

LoraRequest lora(const std::vector<std::string>& args) {
  return std::get<LoraRequest>(read_network_tag({.kind = "lora", .name = "x", .args = args}));
}

TEST(LoraTag, ActsInFullByDefault) {
  const LoraRequest request = lora({});
  EXPECT_EQ(request.name, "x");
  EXPECT_EQ(request.strength.text, 1);
  EXPECT_EQ(request.strength.unet, 1);
  EXPECT_FALSE(request.strength.dynamic_rank);
  EXPECT_FALSE(request.strength.blocks);
}

TEST(LoraTag, GivesOneNumberToBothNetworks) {
  EXPECT_EQ(lora({"-0.6"}).strength.text, -0.6);
  EXPECT_EQ(lora({"-0.6"}).strength.unet, -0.6);
}

TEST(LoraTag, ReadsNumbersInOrderAndByName) {
  const LoraRequest in_order = lora({"0.5", "0.8", "4"});
  EXPECT_EQ(in_order.strength.text, 0.5);
  EXPECT_EQ(in_order.strength.unet, 0.8);
  EXPECT_EQ(in_order.strength.dynamic_rank, 4);
  const LoraRequest by_name = lora({"1", "unet=0.25", "dyn=2", "te=0.75"});
  EXPECT_EQ(by_name.strength.text, 0.75);
  EXPECT_EQ(by_name.strength.unet, 0.25);
  EXPECT_EQ(by_name.strength.dynamic_rank, 2);
}

TEST(LoraTag, ReadsBlockWeightsWithAndWithoutTheirName) {
  for (const std::vector<std::string>& args :
       {std::vector<std::string>{"0.5", "lbw=OUTS"}, {"0.5", "OUTS"}, {"0.5", "0.5", "OUTS"}}) {
    const LoraRequest request = lora(args);
    ASSERT_TRUE(request.strength.blocks);
    EXPECT_EQ(request.strength.blocks->of("IN04"), 0);
    EXPECT_EQ(request.strength.unet, 0.5);
  }
}

TEST(LoraTag, PassesOverNamesItDoesNotKnow) { EXPECT_EQ(lora({"start=3", "0.5"}).strength.unet, 0.5); }

TEST(LoraTag, RefusesWhatIsNoNumber) {
  const auto refusal = [](const std::vector<std::string>& args) {
    return tests::refusal(ErrorCode::kInvalidArgument, [&] { lora(args); });
  };
  EXPECT_THAT(refusal({"strong"}), HasSubstr("<lora:x>: argument is 'strong', expected a number"));
  EXPECT_THAT(refusal({"te=strong"}), HasSubstr("te is 'strong'"));
  EXPECT_THAT(refusal({"1", "1", "1.5"}), HasSubstr("expected a whole number"));
  EXPECT_THAT(refusal({"dyn=-1"}), HasSubstr("expected a whole number"));
  EXPECT_THAT(refusal({"1", "1", "1", "1"}), HasSubstr("at most three numbers"));
  EXPECT_THAT(refusal({"lbw=1,2,3"}), HasSubstr("block weights"));
  EXPECT_THAT(refusal({"1e999"}), HasSubstr("a number"));
}

TEST(NetworkTag, KnowsLycoAndHypernet) {
  const auto lyco = read_network_tag({.kind = "lyco", .name = "y", .args = {"0.5"}});
  EXPECT_EQ(std::get<LoraRequest>(lyco).strength.text, 0.5);
  const auto hypernet = read_network_tag({.kind = "hypernet", .name = "z", .args = {"0.3"}});
  EXPECT_EQ(std::get<HypernetworkRequest>(hypernet).strength, 0.3);
  EXPECT_TRUE(std::holds_alternative<UnknownNetwork>(read_network_tag({.kind = "other", .name = "z", .args = {"?"}})));
}

TEST(NetworkHashes, AreReadFromAPicturesText) {
  using Hashes = std::map<std::string, std::string>;
  EXPECT_EQ(read_network_hashes("a b: 12, 水彩: 0xab"), (Hashes{{"a b", "12"}, {"水彩", "0xab"}}));
  EXPECT_EQ(read_network_hashes(""), Hashes());
  EXPECT_EQ(read_network_hashes(": 12, x: , y, ,: ,z: 3"), (Hashes{{"z", "3"}}));
}

TEST(StandingNetworks, AreNamedByEveryPromptThatDoesNotNameThem) {
  GenerationRequest request;
  request.prompt = "a cat";
  EXPECT_EQ(with_standing_networks(request), "a cat");
  request.sd_lora = "my style";
  request.sd_hypernetwork = "hyper";
  EXPECT_EQ(with_standing_networks(request), "a cat<hypernet:hyper:1><lora:my style:1>");
  request.extra_networks_default_multiplier = 0.7;
  request.prompt = "a cat <lyco:my style:0.2> <lora:hyper>";
  EXPECT_EQ(with_standing_networks(request), request.prompt + "<hypernet:hyper:0.7>");
}

}  // namespace
}  // namespace fude::pipelines
