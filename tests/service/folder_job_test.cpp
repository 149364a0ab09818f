#include "service/folder_job.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "tests/support/refusal.h"
#include "tests/support/temporary_folder.h"

namespace fude::service {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class FolderJobTest : public testing::Test {
 protected:
  FolderJobTest() {
    std::filesystem::create_directories(folder_ / "inputs/a");
    for (const char* name : {"a.png", "b b.png"}) std::ofstream(folder_ / "inputs/a" / name) << "x";
    order_.folder = "inputs/a";
    order_.request.seed = 3;
    order_.request.batch_size = 2;
  }
  std::string refusal() {
    return tests::refusal(ErrorCode::kInvalidArgument, [&] { plan_folder_work(order_, folders_); });
  }

  tests::TemporaryFolder folder_;
  InputFolders folders_{folder_.path()};
  pipelines::FolderOrder order_;
};

TEST_F(FolderJobTest, KnowsThePicturesThatWereThereWhenItCame) {
  order_.request.sources.mask = {};
  FolderWork work = plan_folder_work(order_, folders_);
  work.done = {0, 3};
  std::vector<Source> sources;
  const NewJob job = folder_job({.priority = 5, .origin = "studio"}, work, sources);
  EXPECT_EQ(job.kind, "folder");
  EXPECT_EQ(job.priority, 5);
  EXPECT_EQ(job.pictures_wanted, 2);
  std::ofstream(folder_ / "inputs/a/c.png") << "came later";
  const FolderWork again = read_folder_work({.kind = job.kind, .request = job.request}, sources);
  EXPECT_THAT(again.names, ElementsAre("a.png", "b b.png"));
  EXPECT_THAT(again.done, ElementsAre(0, 3));
  EXPECT_EQ(again.order.request.seed, 3);
  EXPECT_EQ(again.result_count(), 4);
  EXPECT_THAT(open_folder(again, folders_).names(), ElementsAre("a.png", "b b.png"));
}

TEST_F(FolderJobTest, KeepsTheMaskApart) {
  FolderWork work{.order = order_, .names = {"a.png"}};
  work.order.request.sources.mask = pipelines::picture_bytes("mask");
  std::vector<Source> sources;
  const NewJob job = folder_job({}, work, sources);
  EXPECT_EQ(job.request.find("\"mask\""), std::string::npos);
  EXPECT_EQ(*read_folder_work({.request = job.request}, sources).order.request.sources.mask, "mask");
}

TEST_F(FolderJobTest, IsRefusedWhereItCannotBeGoneOver) {
  order_.output = "../x";
  EXPECT_THAT(refusal(), HasSubstr("output is '../x'"));
  order_.folder = "outputs/x";
  order_.output = "x";
  EXPECT_THAT(refusal(), HasSubstr("expected another one"));
  order_ = {.folder = "inputs/a", .masks = "inputs/.m"};
  EXPECT_THAT(refusal(), HasSubstr("hidden"));
  order_ = {.folder = "inputs/none"};
  tests::refusal(ErrorCode::kNotFound, [&] { plan_folder_work(order_, folders_); });
  order_ = {.folder = "inputs/a"};
  order_.request.steps = 0;
  EXPECT_THAT(refusal(), HasSubstr("steps"));
}

TEST_F(FolderJobTest, IsLostWithItsList) {
  EXPECT_THAT(
      tests::refusal(ErrorCode::kCorruptFile, [&] { read_folder_work({.id = 4, .request = to_json(order_)}, {}); }),
      HasSubstr("job 4"));
}

}  // namespace
}  // namespace fude::service
