#include "apps/fude/inspect_report.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

namespace fude::apps {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Inspection lora() {
  Inspection inspection;
  inspection.file = "loras/青い空.safetensors";
  inspection.format = "safetensors";
  inspection.byte_count = 9788;
  inspection.summary.detection = {.kind = models::FileKind::kAdapter, .family = "LoRA"};
  inspection.summary.tensor_count = 24;
  inspection.summary.parameter_count = 4100;
  inspection.summary.type_counts = {{"F16", 4092}, {"I64", 8}};
  inspection.summary.parts = {{"lora_unet", 12, 4000}, {"lora_te", 12, 100}};
  inspection.summary.lora = models::LoraFacts{.module_count = 12,
                                              .lowest_rank = 4,
                                              .highest_rank = 8,
                                              .families = {{"LoHa", 2}, {"LoRA", 10}},
                                              .words = {{"by nobody", 0}, {"1girl", 12}}};
  inspection.hashes = {.sha256 = std::string(64, 'a'), .auto_v1 = "e3b0c442", .auto_v2 = std::string(10, 'a')};
  inspection.adapter_hash = "0123456789ab";
  inspection.metadata = {{"ss_tag_frequency", std::string(5000, 'x')}, {"note", "first\nsecond 筆\x1b[31m"}};
  return inspection;
}

TEST(InspectReport, SaysWhatTheFileIs) {
  const std::string text = text_report(lora(), 80);
  EXPECT_THAT(text, HasSubstr("what          LoRA\n"));
  EXPECT_THAT(text, HasSubstr("adapter       LoHa 2, LoRA 10, rank 4 to 8, changes 12 weights\n"));
  EXPECT_THAT(text, HasSubstr("trained words by nobody, 1girl (12)\n"));
  EXPECT_THAT(text, HasSubstr("parameters    4.1 k in 24 tensors\n"));
  EXPECT_THAT(text, HasSubstr("types         F16 4.1 k, I64 8\n"));
  EXPECT_THAT(text, HasSubstr("AutoV3        0123456789ab\n"));
}

TEST(InspectReport, FitsTheTerminalAndKeepsItClean) {
  Inspection inspection = lora();
  inspection.summary.problem =
      "the U-Net takes 9 channels (an inpainting or instruct-pix2pix model), expected 4 as in "
      "any model that makes pictures from words alone";
  for (const int width : {40, 80, 120}) {
    std::istringstream lines(text_report(inspection, width));
    for (std::string line; std::getline(lines, line);) {
      EXPECT_THAT(line, Not(HasSubstr("\x1b")));
      const auto columns =
          std::ranges::count_if(line, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
      EXPECT_TRUE(columns <= width || line.find("SHA-256") != std::string::npos) << line;
    }
  }
}

TEST(InspectReport, ShowsLongFactsWholeAndLongMetadataCut) {
  Inspection inspection = lora();
  inspection.summary.problem = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen";
  const std::string text = text_report(inspection, 60);
  EXPECT_THAT(text, HasSubstr("  problem       one two three four five six seven eight nine\n"
                              "                ten eleven twelve thirteen fourteen\n"));
  EXPECT_THAT(text, HasSubstr("x ...\n"));
}

TEST(InspectReport, TellsHowMuchAnUpscalerEnlarges) {
  Inspection inspection;
  inspection.summary.detection = {.kind = models::FileKind::kUpscaler, .family = "ESRGAN upscaler"};
  inspection.summary.upscaler = models::UpscalerFacts{.scale = 4};
  EXPECT_THAT(text_report(inspection, 80), HasSubstr("makes pictures 4 times larger"));
  const auto json = nlohmann::json::parse(json_report(inspection));
  EXPECT_EQ(json["kind"], "upscaler");
  EXPECT_EQ(json["config"]["upscaler"]["scale"], 4);
  EXPECT_EQ(json["supported"], true);
}

TEST(InspectReport, TellsWhatANearlyCompleteCheckpointLacks) {
  Inspection inspection;
  inspection.summary.detection = {.family = "SDXL checkpoint", .missing = {"model.diffusion_model.out.2.weight"}};
  EXPECT_THAT(text_report(inspection, 120),
              HasSubstr("nearly a SDXL checkpoint, but lacks model.diffusion_model.out.2.weight"));
}

TEST(InspectReport, GivesProgramsEverything) {
  const std::string text = json_report(lora());
  EXPECT_EQ(text.find('\n'), std::string::npos);
  const nlohmann::json json = nlohmann::json::parse(text);
  EXPECT_EQ(json.at("kind"), "adapter");
  EXPECT_EQ(json.at("supported"), true);
  EXPECT_EQ(json.at("types").at("F16"), 4092);
  EXPECT_EQ(json.at("config").at("lora").at("highest_rank"), 8);
  EXPECT_EQ(json.at("config").at("lora").at("families").at("LoHa"), 2);
  EXPECT_EQ(json.at("config").at("lora").at("trained_words").at(1).at("tag"), "1girl");
  EXPECT_EQ(json.at("sha256"), std::string(64, 'a'));
  EXPECT_EQ(json.at("metadata").at("ss_tag_frequency").get<std::string>().size(), 5000u);
  EXPECT_TRUE(json.at("prediction_type").is_null());
}

TEST(InspectReport, SurvivesNamesThatAreNotUtf8) {
  Inspection inspection;
  inspection.summary.parts = {{"\xff\xfe", 1, 1}};
  EXPECT_NO_THROW(nlohmann::json::parse(json_report(inspection)));
}

}  // namespace
}  // namespace fude::apps
