#include <fstream>
#include <iterator>

#include "service/gallery.h"
#include "tests/server/api_fixture.h"

namespace fude::server {
namespace {

using testing::HasSubstr;

class ApiKeepingTest : public ApiFixture {
 protected:
  static std::string text_of(const std::filesystem::path& file) {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
  }
};

TEST_F(ApiKeepingTest, CopiesPicturesAndWritesARow) {
  const Json picture = finished_job()["pictures"][0];
  const Json saved = json("POST /pictures/save", "/pictures/save", {{"pictures", {picture}}});
  EXPECT_EQ(saved["folder"], "log/images");
  ASSERT_EQ(saved["files"].size(), 1u);
  EXPECT_FALSE(saved.contains("zip"));
  const std::string name = saved["files"][0];
  EXPECT_EQ(name, "00000-5-a cat.png");
  const auto row = studio_->gallery().find(picture);
  EXPECT_EQ(text_of(folder_ / "log/images" / name), text_of(studio_->gallery().path_of(*row)));
  const std::string log = text_of(folder_ / "log/images/log.csv");
  EXPECT_THAT(log, HasSubstr("prompt,seed,width,height,sampler,cfgs,steps,filename,negative_prompt,sd_model_name,"
                             "sd_model_hash\r\n"));
  EXPECT_THAT(log, HasSubstr("\r\na cat,5,64,64,"));
  EXPECT_THAT(log, HasSubstr(",00000-5-a cat.png,\"\",micro,"));
  json("POST /pictures/save", "/pictures/save", {{"pictures", {picture}}});
  EXPECT_TRUE(std::filesystem::exists(folder_ / "log/images/00001-5-a cat.png"));
}

TEST_F(ApiKeepingTest, ArchivesThem) {
  const Json picture = finished_job()["pictures"][0];
  studio_->settings().set("grid_zip_filename_pattern", std::string("[[model_name]]_[seed]-[seed_last]"));
  studio_->settings().set("save_write_log_csv", false);
  const Json saved = json("POST /pictures/save", "/pictures/save", {{"pictures", {picture, picture}}, {"zip", true}});
  EXPECT_EQ(saved["files"].size(), 2u);
  EXPECT_EQ(saved["zip"], "[micro]_5-5.zip");
  EXPECT_FALSE(std::filesystem::exists(folder_ / "log/images/log.csv"));
  const Response archive = ask_as("GET /archives/{name}", "/archives/%5Bmicro%5D_5-5.zip");
  EXPECT_EQ(archive.status, 200);
  EXPECT_EQ(archive.content_type, "application/zip");
  EXPECT_EQ(text_of(archive.file).substr(0, 2), "PK");
}

TEST_F(ApiKeepingTest, RefusesWhatIsNotThere) {
  EXPECT_EQ(ask_as("POST /pictures/save", "/pictures/save", {{"pictures", {77}}}).status, 404);
  EXPECT_EQ(ask_as("POST /pictures/save", "/pictures/save", {{"pictures", Json::array()}}).status, 400);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "log"));
  EXPECT_EQ(ask_as("GET /archives/{name}", "/archives/none.zip").status, 404);
  EXPECT_EQ(ask_as("GET /archives/{name}", "/archives/log.csv").status, 404);
  EXPECT_GE(ask("GET", "/archives/..%2F..%2Ffude.zip").status, 400);
}

TEST_F(ApiKeepingTest, StaysBelowTheDataFolder) {
  for (const char* folder : {"../../elsewhere", "/tmp"}) {
    EXPECT_EQ(ask("PATCH", "/settings", {{"outdir_save", folder}}).status, 400) << folder;
  }
}

}  // namespace
}  // namespace fude::server
