#include "service/job_order.h"

#include <gmock/gmock.h>

#include "service/job_queue.h"
#include "tests/support/temporary_folder.h"

namespace fude::service {
namespace {

using testing::ElementsAre;

class JobOrderTest : public testing::Test {
 protected:
  JobId add(int priority) { return queue_.submit({.request = "{}", .priority = priority}).id; }

  std::vector<JobId> order() const {
    std::vector<JobId> ids;
    for (const Job& job : queue_.list({}).jobs) ids.push_back(job.id);
    return ids;
  }

  void change(const Database::Work& work) { database_.write(work); }

  tests::TemporaryFolder folder_;
  Database database_{folder_ / "fude.db"};
  EventHub events_;
  JobQueue queue_{database_, events_};
};

TEST_F(JobOrderTest, PutsAtTheEndOfAPriority) {
  const JobId a = add(1), b = add(1), c = add(0);
  change([&](SQLite::Database& database) { put_at_end(database, a, 1); });
  EXPECT_THAT(order(), ElementsAre(b, a, c));
  change([&](SQLite::Database& database) { put_at_end(database, b, -3); });
  EXPECT_THAT(order(), ElementsAre(a, c, b));
}

TEST_F(JobOrderTest, PutsBeforeAllOthers) {
  const JobId a = add(9), b = add(0), c = add(0);
  change([&](SQLite::Database& database) { put_first(database, c); });
  EXPECT_THAT(order(), ElementsAre(c, a, b));
  EXPECT_EQ(queue_.find(c).priority, 9);
}

TEST_F(JobOrderTest, SpreadsJobsThatLieTooClose) {
  const JobId a = add(0), b = add(0), c = add(0);
  change([](SQLite::Database& database) { database.exec("UPDATE jobs SET place = 10 + id"); });
  change([&](SQLite::Database& database) { put_at(database, c, 2); });
  EXPECT_THAT(order(), ElementsAre(a, c, b));
}

TEST_F(JobOrderTest, TakesAPositionBeyondTheEndForTheEnd) {
  const JobId a = add(5), b = add(0);
  change([&](SQLite::Database& database) { put_at(database, a, 7); });
  EXPECT_THAT(order(), ElementsAre(b, a));
  EXPECT_EQ(queue_.find(a).priority, 0);
}

}  // namespace
}  // namespace fude::service
