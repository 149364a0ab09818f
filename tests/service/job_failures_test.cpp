#include "service/job_failures.h"

#include <gmock/gmock.h>

#include "service/job_queue.h"
#include "tests/support/temporary_folder.h"

namespace fude::service {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

TEST(JobFailures, AreKeptByPlace) {
  const tests::TemporaryFolder folder;
  EventHub events;
  JobId job = 0;
  {
    Database database(folder / "fude.db");
    JobQueue queue(database, events);
    job = queue.submit({.kind = "compare", .request = "{}"}).id;
    JobFailures failures(database, events);
    failures.note(job, 7, "no such sampler");
    failures.note(job, 2, "first");
    failures.note(job, 2, "second");
  }
  Database database(folder / "fude.db");
  const JobFailures failures(database, events);
  EXPECT_THAT(failures.of(job), ElementsAre(Pair(2, "second"), Pair(7, "no such sampler")));
  EXPECT_THAT(failures.of(job + 1), IsEmpty());
}

}  // namespace
}  // namespace fude::service
