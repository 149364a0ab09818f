#include "service/job_settings.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "service/saving_settings.h"
#include "tests/support/temporary_folder.h"

namespace fude::service {
namespace {

class JobSettingsTest : public testing::Test {
 protected:
  tests::TemporaryFolder folder_;
  Database database_{folder_ / "fude.db"};
  EventHub events_;
  SettingsStore settings_{database_, events_};
};

TEST_F(JobSettingsTest, AreTheUsersButForTheJobsOwn) {
  settings_.set("jpeg_quality", std::int64_t{70});
  const JobSettings own(settings_, {{"samples_format", "JPEG"}, {"grid_save", "False"}, {"n_rows", "0"}});
  EXPECT_EQ(own.text("samples_format"), "jpg");
  EXPECT_FALSE(own.truth("grid_save"));
  EXPECT_EQ(own.whole("n_rows"), 0);
  EXPECT_EQ(own.whole("jpeg_quality"), 70);
  EXPECT_EQ(saving_options(own).encoding.format, io::PictureFormat::kJpeg);
  EXPECT_EQ(saving_options(settings_).encoding.format, io::PictureFormat::kPng);
}

TEST_F(JobSettingsTest, RefuseWhatTheSettingCannotBe) {
  EXPECT_THROW(JobSettings(settings_, {{"samples_format", "tiff"}}), Error);
  EXPECT_THROW(JobSettings(settings_, {{"jpeg_quality", "many"}}), Error);
  EXPECT_THROW(JobSettings(settings_, {{"jpeg_quality", "101"}}), Error);
  EXPECT_THROW(JobSettings(settings_, {{"grid_save", "perhaps"}}), Error);
  EXPECT_THROW(JobSettings(settings_, {{"no such setting", "1"}}), Error);
}

}  // namespace
}  // namespace fude::service
