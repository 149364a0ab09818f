#include <gmock/gmock.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "apps/fude/command.h"
#include "tests/apps/command_output.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tiny_model.h"

namespace fude::apps {
namespace {

using testing::HasSubstr;

class ModelsCommand : public testing::Test {
 protected:
  tests::TemporaryFolder folder_;

  void SetUp() override {
    std::filesystem::create_directories(folder_ / "models/Lora");
    std::filesystem::copy_file(tests::tiny_model("micro-sd1"), folder_ / "models/Lora/not-one.safetensors");
  }

  std::string models(std::vector<std::string> words = {}) const {
    words.insert(words.begin(), {"models", "--data-dir", folder_.path().string()});
    return tests::output_of(add_models_command, std::move(words));
  }
};

TEST_F(ModelsCommand, ListsByUse) {
  const std::string text = models();
  EXPECT_THAT(text, HasSubstr("Checkpoints (--model NAME; models/Stable-diffusion)\n"
                              "  Hajime                        Stable Diffusion 1.x checkpoint, 41.0 MB\n"
                              "\n"
                              "LoRA (<lora:NAME:1>; models/Lora)\n"
                              "  not-one                       cannot be used: is a Stable Diffusion 1.x\n"
                              "                                checkpoint, expected a LoRA\n"));
  EXPECT_THAT(text, HasSubstr("The models folder is '" + (folder_ / "models").string() + "'."));
}

TEST_F(ModelsCommand, PrintsJson) {
  const auto list = nlohmann::json::parse(models({"--json"}));
  ASSERT_EQ(list.size(), 2u);
  EXPECT_EQ(list[0].at("use"), "checkpoint");
  EXPECT_EQ(list[1].at("name"), "not-one");
  EXPECT_THAT(list[1].at("problem").get<std::string>(), HasSubstr("expected a LoRA"));
}

}  // namespace
}  // namespace fude::apps
