#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "apps/fude/command.h"
#include "pipelines/settings.h"
#include "tests/apps/command_output.h"
#include "tests/support/refusal.h"

namespace fude::apps {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string settings(std::vector<std::string> words) {
  words.insert(words.begin(), "settings");
  return tests::output_of(add_settings_command, std::move(words));
}

TEST(SettingsCommand, ListsEverySettingThatCanBeSet) {
  const auto list = nlohmann::json::parse(settings({"--json"}));
  std::set<std::string> ids;
  for (const auto& entry : list) {
    EXPECT_TRUE(ids.insert(entry.at("id")).second) << entry;
    if (entry.at("default").is_null() || entry.at("default") == "") continue;
    pipelines::GenerationRequest request;
    const auto& value = entry.at("default");
    const std::string text = value.is_string() ? value.get<std::string>() : value.dump();
    EXPECT_EQ(pipelines::apply_setting_text(request, entry.at("id").get<std::string>() + "=" + text), "") << entry;
  }
  EXPECT_TRUE(ids.contains("pag_scale"));
  EXPECT_TRUE(ids.contains("CLIP_stop_at_last_layers"));
}

TEST(SettingsCommand, TellsRangeAndDefault) {
  EXPECT_EQ(settings({"sag_blur"}),
            "  sag_blur                standard deviation of that blur, in latent pixels\n"
            "                          (0..100; default 2)\n");
}

TEST(SettingsCommand, FindsByWordsOfTheHelpInBothLanguages) {
  EXPECT_THAT(settings({"FreeU"}), HasSubstr("freeu_b1"));
  EXPECT_THAT(settings({"スケジュール"}), HasSubstr("beta_dist_alpha"));
  EXPECT_THAT(settings({"FreeU"}), Not(HasSubstr("pag_scale")));
}

TEST(SettingsCommand, StaysWithinEightyColumns) {
  std::istringstream lines(settings({}));
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 80u) << line;
}

TEST(SettingsCommand, SaysWhenNothingIsFound) {
  const std::string message = tests::refusal(ErrorCode::kInvalidArgument, [] { settings({"nonsuch"}); });
  EXPECT_THAT(message, HasSubstr("no setting speaks of 'nonsuch'"));
}

}  // namespace
}  // namespace fude::apps
