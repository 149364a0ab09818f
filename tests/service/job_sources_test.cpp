#include "service/job_sources.h"

#include <gmock/gmock.h>

#include <fstream>
#include <memory>
#include <string>

#include "core/hash.h"
#include "tests/support/refusal.h"
#include "tests/support/temporary_folder.h"

namespace fude::service {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Source source(const std::string& bytes, const std::string& member = "init_images") {
  return {.member = member, .bytes = std::make_shared<const std::string>(bytes)};
}

class JobSourcesTest : public testing::Test {
 protected:
  JobSourcesTest() { reopen(); }

  // What another start of the program finds.
  void reopen(std::int64_t most_bytes = 100) {
    sources_.reset();
    sources_ = std::make_unique<JobSources>(folder_ / "queue/pictures", queue_, most_bytes);
  }
  JobId submit(const std::vector<Source>& sources) { return sources_->submit({.request = "{}"}, sources).id; }
  void end(JobId id) { queue_.cancel(id); }
  std::filesystem::path file(const std::string& bytes) const {
    return folder_ / ("queue/pictures/" + sha256_hex(std::as_bytes(std::span(bytes))));
  }
  bool is_kept(const std::string& bytes) const { return std::filesystem::exists(file(bytes)); }

  tests::TemporaryFolder folder_;
  Database database_{folder_ / "fude.db"};
  EventHub events_;
  JobQueue queue_{database_, events_};
  std::unique_ptr<JobSources> sources_;
};

TEST_F(JobSourcesTest, GivesBackWhatAJobStartsFrom) {
  const std::string odd("\0\n \xff", 4);
  const JobId id = submit({source("one"), source(odd), source("one"), source("two", "mask")});
  reopen();
  EXPECT_THAT(sources_->read(id), ElementsAre(source("one"), source(odd), source("one"), source("two", "mask")));
  EXPECT_THAT(sources_->read(submit({})), IsEmpty());
}

TEST_F(JobSourcesTest, KeepsNoPictureInTheRequest) {
  const JobId id = submit({source("picture")});
  EXPECT_EQ(queue_.find(id).request, "{}");
}

TEST_F(JobSourcesTest, KeepsEachPictureOnce) {
  submit({source("one")});
  submit({source("one", "mask")});
  const std::filesystem::directory_iterator files(folder_ / "queue/pictures"), end;
  EXPECT_EQ(std::distance(files, end), 1);
}

TEST_F(JobSourcesTest, RepeatsWithTheSamePictures) {
  const JobId first = submit({source("one"), source("two", "mask")});
  const JobId second = sources_->repeat(first).id;
  EXPECT_NE(second, first);
  EXPECT_EQ(sources_->read(second), sources_->read(first));
}

TEST_F(JobSourcesTest, RemovesWhatBelongsToNoJob) {
  const JobId job = submit({source("one"), source("both")});
  submit({source("both")});
  database_.write(
      [&](SQLite::Database& database) { database.exec("DELETE FROM jobs WHERE id = " + std::to_string(job)); });
  sources_->tidy();
  EXPECT_FALSE(is_kept("one"));
  EXPECT_TRUE(is_kept("both"));
}

TEST_F(JobSourcesTest, ClearsAwayWhatAKilledProcessLeft) {
  submit({source("kept")});
  std::ofstream(file("orphan")) << "orphan";                                        // its job was never stored
  std::ofstream(folder_ / "queue/pictures/.fude-999999999-0123.tmp") << "half of";  // nor this written
  reopen();
  EXPECT_TRUE(is_kept("kept"));
  const std::filesystem::directory_iterator files(folder_ / "queue/pictures"), end;
  EXPECT_EQ(std::distance(files, end), 1);
}

TEST_F(JobSourcesTest, WritesAFileAgainThatIsNotWhole) {
  const JobId id = submit({source("one")});
  std::ofstream(file("one")) << "o";
  submit({source("one")});
  EXPECT_THAT(sources_->read(id), ElementsAre(source("one")));
}

TEST_F(JobSourcesTest, GivesUpTheOldestEndedJobsForRoom) {
  const JobId oldest = submit({source(std::string(40, 'a'))});
  const JobId older = submit({source(std::string(40, 'b'))});
  end(oldest);
  end(older);
  submit({source(std::string(40, 'c'))});
  EXPECT_THAT(tests::refusal(ErrorCode::kNotFound, [&] { sources_->read(oldest); }), HasSubstr("no longer kept"));
  EXPECT_THAT(tests::refusal(ErrorCode::kNotFound, [&] { sources_->repeat(oldest); }), HasSubstr("init_images"));
  EXPECT_EQ(sources_->read(older).size(), 1u);
}

TEST_F(JobSourcesTest, RefusesWhatWaitingJobsLeaveNoRoomFor) {
  const JobId waiting = submit({source(std::string(60, 'a'))});
  const auto late = [&] { submit({source(std::string(41, 'b'))}); };
  EXPECT_THAT(tests::refusal(ErrorCode::kOutOfResources, late), HasSubstr("have 60 bytes, and 41 more"));
  EXPECT_EQ(queue_.counts().waiting, 1);
  submit({source(std::string(60, 'a')), source(std::string(40, 'b'))});  // what is there needs no more room
  EXPECT_EQ(sources_->read(waiting).size(), 1u);
}

TEST_F(JobSourcesTest, TakesNoOtherBytesForAPicture) {
  const JobId id = submit({source("one")});
  std::ofstream(file("one")) << "two";
  EXPECT_THAT(tests::refusal(ErrorCode::kCorruptFile, [&] { sources_->read(id); }), HasSubstr("damaged"));
  std::filesystem::remove(file("one"));
  tests::refusal(ErrorCode::kNotFound, [&] { sources_->read(id); });
}

TEST_F(JobSourcesTest, StoresNoJobWhosePictureCannotBeKept) {
  std::ofstream(folder_ / "queue") << "a file in the folder's place";
  tests::refusal(ErrorCode::kInvalidArgument, [&] { submit({source("one")}); });
  EXPECT_EQ(queue_.counts().waiting, 0);
}

}  // namespace
}  // namespace fude::service
