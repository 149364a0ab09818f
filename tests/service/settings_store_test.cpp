#include "service/settings_store.h"

#include <SQLiteCpp/Statement.h>
#include <gmock/gmock.h>

#include <set>

#include "tests/support/refusal.h"
#include "tests/support/temporary_folder.h"

namespace fude::service {
namespace {

using testing::HasSubstr;

class SettingsStoreTest : public testing::Test {
 protected:
  tests::TemporaryFolder folder_;
  Database database_{folder_ / "fude.db"};
  EventHub events_;
};

TEST_F(SettingsStoreTest, BeginsWithTheDefaults) {
  const SettingsStore settings(database_, events_);
  EXPECT_EQ(settings.whole("CLIP_stop_at_last_layers"), 1);
  EXPECT_EQ(settings.text("sd_vae"), "Automatic");
  EXPECT_TRUE(settings.truth("save_to_dirs"));
  EXPECT_EQ(settings.number("eta_ancestral"), 1.0);
  EXPECT_TRUE(settings.changed().empty());
}

TEST_F(SettingsStoreTest, KeepsWhatWasSetOverARestart) {
  {
    SettingsStore settings(database_, events_);
    settings.set({{"CLIP_stop_at_last_layers", std::int64_t{2}},
                  {"sd_vae", std::string("anime")},
                  {"eta_ancestral", 0.5},
                  {"live_previews_enable", false}});
  }
  SettingsStore settings(database_, events_);
  EXPECT_EQ(settings.whole("CLIP_stop_at_last_layers"), 2);
  EXPECT_EQ(settings.text("sd_vae"), "anime");
  EXPECT_EQ(settings.number("eta_ancestral"), 0.5);
  EXPECT_FALSE(settings.truth("live_previews_enable"));
  EXPECT_EQ(settings.changed().size(), 4u);
  settings.set("sd_vae", {});
  EXPECT_EQ(settings.text("sd_vae"), "Automatic");
  EXPECT_EQ(settings.changed().size(), 3u);
}

TEST_F(SettingsStoreTest, MakesKnobsTheDefaultsOfRequests) {
  SettingsStore settings(database_, events_);
  settings.set({{"CLIP_stop_at_last_layers", std::int64_t{2}}, {"sd_model_checkpoint", std::string("mine")}});
  const pipelines::GenerationRequest request = settings.with_settings(pipelines::api_request());
  EXPECT_EQ(request.clip_skip, 2);
  EXPECT_EQ(request.model, "mine");
  EXPECT_EQ(request.steps, 50);
}

TEST_F(SettingsStoreTest, RefusesAllWhenOneIsWrong) {
  SettingsStore settings(database_, events_);
  EXPECT_THAT(tests::refusal(ErrorCode::kInvalidArgument,
                             [&] {
                               settings.set({{"save_to_dirs", false}, {"CLIP_stop_at_last_layers", std::int64_t{13}}});
                             }),
              HasSubstr("CLIP_stop_at_last_layers is 13"));
  EXPECT_TRUE(settings.truth("save_to_dirs"));
  EXPECT_THAT(tests::refusal(ErrorCode::kInvalidArgument, [&] { settings.set("save_to_dir", true); }),
              HasSubstr("save_to_dirs"));
  EXPECT_THAT(tests::refusal(ErrorCode::kInvalidArgument, [&] { settings.set("save_to_dirs", std::int64_t{1}); }),
              HasSubstr("true or false"));
  EXPECT_THAT(tests::refusal(ErrorCode::kInvalidArgument, [&] { settings.set("samples_format", std::string("tiff")); }),
              HasSubstr("one of png"));
  EXPECT_THAT(tests::refusal(ErrorCode::kInvalidArgument, [&] { settings.set("sd_checkpoints_limit", 2.5); }),
              HasSubstr("a whole number 1..10"));
  EXPECT_THAT(
      tests::refusal(ErrorCode::kInvalidArgument, [&] { settings.set("sd_checkpoints_limit", std::int64_t{0}); }),
      HasSubstr("1..10"));
  EXPECT_THAT(tests::refusal(ErrorCode::kInvalidArgument,
                             [&] {
                               settings.set({{"sigma_min", 5.0}, {"sigma_max", 4.0}});
                             }),
              HasSubstr("sigma_min"));
  EXPECT_TRUE(settings.changed().empty());
}

TEST_F(SettingsStoreTest, KeepsPicturesBelowTheOutputsFolder) {
  SettingsStore settings(database_, events_);
  for (const char* folder : {"/tmp", "../elsewhere", "a/../../b", ".bin", ""}) {
    EXPECT_THAT(tests::refusal(ErrorCode::kInvalidArgument,
                               [&] { settings.set("outdir_txt2img_samples", std::string(folder)); }),
                HasSubstr("below the outputs folder"))
        << folder;
  }
  settings.set("outdir_txt2img_samples", std::string("mine/pictures"));
  EXPECT_EQ(settings.text("outdir_txt2img_samples"), "mine/pictures");
}

TEST_F(SettingsStoreTest, LeavesWhatAnotherVersionStored) {
  database_.write([](SQLite::Database& database) {
    database.exec("INSERT INTO settings VALUES ('from_the_future', 5), ('sd_checkpoints_limit', 99)");
  });
  SettingsStore settings(database_, events_);
  EXPECT_EQ(settings.whole("sd_checkpoints_limit"), 2);
  settings.set("save_to_dirs", false);
  database_.read(
      [](SQLite::Database& database) { EXPECT_EQ(database.execAndGet("SELECT count(*) FROM settings").getInt(), 3); });
}

TEST_F(SettingsStoreTest, TellsThePages) {
  SettingsStore settings(database_, events_);
  const auto subscription = events_.subscribe();
  settings.set("save_to_dirs", false);
  EXPECT_TRUE(std::holds_alternative<SettingsChanged>(subscription->next(std::chrono::milliseconds(0))->event));
}

TEST(SettingRows, HaveOneIdEachAndHelpInBothLanguages) {
  std::set<std::string_view> ids;
  for (const SettingRow& row : setting_rows()) {
    EXPECT_TRUE(ids.insert(row.id).second) << row.id;
    EXPECT_FALSE(row.help.empty() || row.help_ja.empty() || row.group.empty()) << row.id;
    EXPECT_FALSE(std::holds_alternative<std::monostate>(row.standard)) << row.id;
  }
  EXPECT_GT(ids.size(), 60u);
}

}  // namespace
}  // namespace fude::service
