#include "service/job_rows.h"

#include <gmock/gmock.h>

#include "tests/support/refusal.h"
#include "tests/support/temporary_folder.h"

namespace fude::service {
namespace {

using testing::HasSubstr;

class JobRowsTest : public testing::Test {
 protected:
  tests::TemporaryFolder folder_;
  Database database_{folder_ / "fude.db"};
};

TEST_F(JobRowsTest, ReadWhatOtherVersionsMayHaveStored) {
  database_.write([](SQLite::Database& database) {
    execute(database,
            "INSERT INTO jobs (id, kind, request, priority, state, place, created_at, error_code, error, warnings) "
            "VALUES (5, 'video', '{}', 3, 'failed', 8, 9, 'from_the_future', 'why', ?)",
            stored_lines({"one", "two\nlines"}));
    const JobRow row = find_job(database, 5);
    EXPECT_EQ(row.job.kind, "video");
    EXPECT_EQ(row.job.state, JobState::kFailed);
    EXPECT_EQ(row.place, 8);
    EXPECT_FALSE(row.job.error_code) << "an error that this version does not know";
    EXPECT_EQ(row.job.error, "why");
    EXPECT_THAT(row.job.warnings, testing::ElementsAre("one", "two lines"));
    EXPECT_EQ(number(database, "SELECT priority FROM jobs WHERE id = ?", 5), 3);
    EXPECT_EQ(number(database, "SELECT id FROM jobs WHERE id = ?", 6), 0);
  });
}

TEST_F(JobRowsTest, RefuseJobsThatAreNotThereOrDoNotWait) {
  database_.write([](SQLite::Database& database) {
    execute(database,
            "INSERT INTO jobs (id, kind, request, priority, state, place, created_at) VALUES (5, 'k', '{}', 0, 'done', "
            "0, 1)");
    EXPECT_THAT(tests::refusal(ErrorCode::kNotFound, [&] { find_job(database, 6); }), HasSubstr("job 6"));
    EXPECT_THAT(tests::refusal(ErrorCode::kInvalidArgument, [&] { find_waiting_job(database, 5); }),
                HasSubstr("is done, expected a waiting job"));
  });
}

TEST(StoredName, IsReadBack) {
  EXPECT_EQ(stored_name(ErrorCode::kOutOfResources), "out_of_resources");
  EXPECT_EQ(stored_name({}), "");
}

}  // namespace
}  // namespace fude::service
