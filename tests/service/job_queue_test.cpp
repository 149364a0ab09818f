#include "service/job_queue.h"

#include <SQLiteCpp/Statement.h>
#include <gmock/gmock.h>

#include <memory>
#include <thread>

#include "tests/support/refusal.h"
#include "tests/support/temporary_folder.h"

namespace fude::service {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class JobQueueTest : public testing::Test {
 protected:
  JobQueueTest() { reopen(); }

  // What another start of the program finds.
  void reopen() {
    queue_.reset();
    database_.reset();
    database_ = std::make_unique<Database>(folder_ / "fude.db");
    queue_ = std::make_unique<JobQueue>(*database_, events_);
  }

  void recover(const std::vector<std::string>& files = {}) {
    queue_->recover([&](const JobPicture& picture) -> std::optional<PictureId> {
      const auto found = std::ranges::find(files, picture.file);
      if (found == files.end()) return std::nullopt;
      return add_picture(picture.file);
    });
  }

  // A row as the gallery makes it.
  PictureId add_picture(const std::string& file) {
    PictureId id = 0;
    database_->write([&](SQLite::Database& database) {
      SQLite::Statement statement(database,
                                  "INSERT INTO pictures (place, file, fingerprint, width, height, byte_count, "
                                  "created_at, modified_at) VALUES (?, ?, '', 1, 1, 1, 1, 1)");
      statement.bind(1, ++places_);
      statement.bind(2, file);
      statement.exec();
      id = database.getLastInsertRowid();
    });
    return id;
  }

  JobId submit(int priority = 0, const std::string& request = "{}") {
    return queue_->submit({.request = request, .priority = priority}).id;
  }

  std::vector<JobId> ids(const JobQuery& query = {}) const {
    std::vector<JobId> list;
    for (const Job& job : queue_->list(query).jobs) list.push_back(job.id);
    return list;
  }

  tests::TemporaryFolder folder_;
  EventHub events_;
  std::unique_ptr<Database> database_;
  std::unique_ptr<JobQueue> queue_;
  int places_ = 0;
};

TEST_F(JobQueueTest, KeepsAJobOverARestart) {
  const Job stored = queue_->submit({.kind = "txt2img",
                                     .request = R"({"prompt": "空"})",
                                     .priority = 3,
                                     .origin = "studio",
                                     .task = "task(abc)",
                                     .pictures_wanted = 4,
                                     .warnings = {"one", "two"}});
  reopen();
  recover();
  const Job job = queue_->find(stored.id);
  EXPECT_EQ(job.kind, "txt2img");
  EXPECT_EQ(job.request, R"({"prompt": "空"})");
  EXPECT_EQ(job.priority, 3);
  EXPECT_EQ(job.origin, "studio");
  EXPECT_EQ(job.task, "task(abc)");
  EXPECT_EQ(job.state, JobState::kWaiting);
  EXPECT_EQ(job.position, 1);
  EXPECT_EQ(job.pictures_wanted, 4);
  EXPECT_GT(job.created_at, 1'700'000'000'000);
  EXPECT_THAT(job.warnings, ElementsAre("one", "two"));
  EXPECT_EQ(queue_->find_task("task(abc)")->id, stored.id);
  EXPECT_FALSE(queue_->find_task("task(xyz)"));
  EXPECT_FALSE(queue_->find_task(""));
}

TEST_F(JobQueueTest, RefusesWhatCannotBeStored) {
  EXPECT_THAT(tests::refusal(ErrorCode::kInvalidArgument, [&] { queue_->submit({.kind = ""}); }),
              HasSubstr("kind is empty"));
  EXPECT_THAT(tests::refusal(ErrorCode::kInvalidArgument, [&] { submit(101); }), HasSubstr("priority is 101"));
  EXPECT_THAT(tests::refusal(ErrorCode::kInvalidArgument, [&] { queue_->submit({.task = std::string(201, 'x')}); }),
              HasSubstr("201 bytes"));
  EXPECT_THAT(tests::refusal(ErrorCode::kNotFound, [&] { queue_->find(5); }), HasSubstr("job 5 does not exist"));
  EXPECT_THAT(tests::refusal(ErrorCode::kNotFound, [&] { queue_->cancel(5); }), HasSubstr("does not exist"));
  EXPECT_THAT(tests::refusal(ErrorCode::kInvalidArgument, [&] { queue_->list({.limit = 501}); }),
              HasSubstr("limit is 501"));
  EXPECT_THAT(tests::refusal(ErrorCode::kInvalidArgument, [] { job_state_from("wating"); }), HasSubstr("waiting"));
}

TEST_F(JobQueueTest, TakesTheSameTaskOnlyOnce) {
  const Job one = queue_->submit({.request = "{}", .task = "t"}), two = queue_->submit({.request = "{}", .task = "t"});
  EXPECT_EQ(one.id, two.id);
  EXPECT_EQ(queue_->counts().waiting, 1);
}

TEST_F(JobQueueTest, BeginsJobsByPriorityThenInTheirOrder) {
  const JobId a = submit(), b = submit(), urgent = submit(5), late = submit(-5);
  EXPECT_THAT(ids(), ElementsAre(urgent, a, b, late));
  EXPECT_EQ(queue_->find(late).position, 4);
  for (const JobId expected : {urgent, a, b, late}) {
    const auto job = queue_->claim_next();
    ASSERT_TRUE(job);
    EXPECT_EQ(job->id, expected);
    EXPECT_EQ(job->state, JobState::kRunning);
    EXPECT_EQ(queue_->counts().running, expected);
    queue_->finish(job->id, {});
  }
  EXPECT_FALSE(queue_->claim_next());
  EXPECT_FALSE(queue_->counts().running);
}

TEST_F(JobQueueTest, MovesAJobAnywhere) {
  const JobId a = submit(), b = submit(), c = submit(), d = submit();
  EXPECT_EQ(queue_->move(d, 1).position, 1);
  EXPECT_THAT(ids(), ElementsAre(d, a, b, c));
  EXPECT_EQ(queue_->move(d, 3).position, 3);
  EXPECT_THAT(ids(), ElementsAre(a, b, d, c));
  EXPECT_EQ(queue_->move(a, 100).position, 4);
  EXPECT_THAT(ids(), ElementsAre(b, d, c, a));
  reopen();
  EXPECT_THAT(ids(), ElementsAre(b, d, c, a));
}

TEST_F(JobQueueTest, GivesAMovedJobThePriorityOfItsPlace) {
  const JobId a = submit(0), high = submit(5), low = submit(-5);
  EXPECT_EQ(queue_->move(low, 1).priority, 5);
  EXPECT_THAT(ids(), ElementsAre(low, high, a));
  EXPECT_EQ(queue_->set_priority(high, -1).position, 3);
  EXPECT_THAT(ids(), ElementsAre(low, a, high));
}

TEST_F(JobQueueTest, FindsRoomBetweenNeighboursForever) {
  const JobId first = submit(), a = submit(), b = submit();
  for (int i = 0; i < 60; ++i) {  // each halves the room behind the first
    queue_->move(i % 2 == 0 ? b : a, 2);
    EXPECT_THAT(ids(), i % 2 == 0 ? ElementsAre(first, b, a) : ElementsAre(first, a, b));
  }
}

TEST_F(JobQueueTest, MovesOnlyWaitingJobs) {
  const JobId id = submit();
  queue_->claim_next();
  EXPECT_THAT(tests::refusal(ErrorCode::kInvalidArgument, [&] { queue_->move(id, 1); }),
              HasSubstr("is running, expected a waiting job"));
  EXPECT_THAT(tests::refusal(ErrorCode::kInvalidArgument, [&] { queue_->set_priority(id, 1); }),
              HasSubstr("expected a waiting job"));
  EXPECT_THAT(tests::refusal(ErrorCode::kInvalidArgument, [&] { queue_->move(submit(), 0); }),
              HasSubstr("position is 0"));
}

TEST_F(JobQueueTest, StaysPausedOverARestart) {
  submit();
  queue_->pause();
  EXPECT_FALSE(queue_->claim_next());
  reopen();
  EXPECT_TRUE(queue_->is_paused());
  EXPECT_FALSE(queue_->claim_next());
  queue_->resume();
  EXPECT_TRUE(queue_->claim_next());
}

TEST_F(JobQueueTest, CancelsWaitingAndRunningJobs) {
  const JobId running = submit(), waiting = submit();
  queue_->claim_next();
  EXPECT_EQ(queue_->cancel(waiting).state, JobState::kCancelled);
  EXPECT_FALSE(queue_->is_stopping(running));
  EXPECT_EQ(queue_->cancel(running).state, JobState::kRunning);
  EXPECT_TRUE(queue_->is_stopping(running));
  queue_->finish(running, {.state = JobState::kCancelled});
  EXPECT_FALSE(queue_->is_stopping(running));
  EXPECT_EQ(queue_->cancel(running).state, JobState::kCancelled);
}

TEST_F(JobQueueTest, DoesNotBeginACancelledJobAgainAfterARestart) {
  const JobId id = submit();
  queue_->claim_next();
  queue_->cancel(id);
  reopen();
  recover();
  EXPECT_EQ(queue_->find(id).state, JobState::kCancelled);
}

TEST_F(JobQueueTest, RepeatsAJobWithItsRequest) {
  const JobId id = queue_->submit({.request = "{\"seed\": 5}", .origin = "studio", .task = "t"}).id;
  queue_->claim_next();
  queue_->finish(id, {.state = JobState::kFailed, .error_code = ErrorCode::kNotFound, .error = "no model"});
  EXPECT_EQ(queue_->find(id).error, "no model");
  EXPECT_EQ(queue_->find(id).error_code, ErrorCode::kNotFound);
  const Job again = queue_->repeat(id);
  EXPECT_NE(again.id, id);
  EXPECT_EQ(again.request, "{\"seed\": 5}");
  EXPECT_EQ(again.task, "");
  EXPECT_EQ(again.error, "");
}

TEST_F(JobQueueTest, TellsAJobsPicturesInOrder) {
  const JobId id = submit();
  queue_->claim_next();
  queue_->reserve_picture({.job = id, .index = 1, .file = "b.png", .digest = "d"});
  queue_->reserve_picture({.job = id, .index = 0, .file = "a.png", .digest = "d"});
  const PictureId b = add_picture("b.png"), a = add_picture("a.png");
  queue_->complete_picture(id, 1, b);
  queue_->complete_picture(id, 0, a);
  queue_->complete_picture(id, 0, a);
  const Job job = queue_->find(id);
  EXPECT_EQ(job.pictures_done, 2);
  EXPECT_THAT(job.pictures, ElementsAre(a, b));
  EXPECT_EQ(queue_->pictures_of(id).front().file, "a.png");
  EXPECT_EQ(queue_->pictures_of(id).front().digest, "d");
}

TEST_F(JobQueueTest, BringsAnInterruptedRunIntoOrder) {
  const JobId running = submit(), waiting = submit(), urgent = submit(7);
  queue_->move(running, 1);
  queue_->claim_next();
  queue_->reserve_picture({.job = running, .index = 0, .file = "whole.png", .digest = "d"});
  queue_->reserve_picture({.job = running, .index = 1, .file = "never-written.png", .digest = "d"});
  reopen();
  recover({"whole.png"});
  EXPECT_THAT(ids(), ElementsAre(running, urgent, waiting));
  const Job job = queue_->find(running);
  EXPECT_EQ(job.state, JobState::kWaiting);
  EXPECT_EQ(job.pictures_done, 1);
  const std::vector<JobPicture> pictures = queue_->pictures_of(running);
  ASSERT_EQ(pictures.size(), 1u);
  EXPECT_EQ(pictures.front().file, "whole.png");
  EXPECT_TRUE(pictures.front().picture);
}

TEST_F(JobQueueTest, PutsARunningJobBackBeforeAllOthers) {
  const JobId running = submit(), other = submit();
  queue_->claim_next();
  queue_->put_back(running);
  EXPECT_THAT(ids(), ElementsAre(running, other));
}

TEST_F(JobQueueTest, CancelsAtTheStartWhatNobodyWaitsForAnyMore) {
  const JobId id = queue_->submit({.request = "{}", .saves_pictures = false}).id;
  reopen();
  recover();
  EXPECT_EQ(queue_->find(id).state, JobState::kCancelled);
  EXPECT_THAT(queue_->find(id).error, HasSubstr("has ended"));
}

TEST_F(JobQueueTest, ListsPagesOfWaitingAndEndedJobs) {
  std::vector<JobId> ended, waiting;
  for (int i = 0; i < 4; ++i) {
    ended.push_back(submit());
    queue_->claim_next();
    queue_->finish(ended.back(), {});
  }
  for (int i = 0; i < 4; ++i) waiting.push_back(submit());
  const JobPage page = queue_->list({.after = 1, .limit = 2});
  EXPECT_EQ(page.total, 4);
  ASSERT_EQ(page.jobs.size(), 2u);
  EXPECT_EQ(page.jobs[0].id, waiting[1]);
  EXPECT_EQ(page.jobs[0].position, 2);
  EXPECT_THAT(ids({.states = {JobState::kDone}, .limit = 2}), ElementsAre(ended[3], ended[2]));
  EXPECT_THAT(ids({.states = {JobState::kDone}, .before = ended[2], .limit = 2}), ElementsAre(ended[1], ended[0]));
  EXPECT_THAT(ids({.states = {JobState::kFailed}}), IsEmpty());
}

TEST_F(JobQueueTest, KeepsItsOrderWhateverTheClockSays) {
  constexpr Milliseconds kYear = Milliseconds{365} * 24 * 3600 * 1000;
  Milliseconds time = 60 * kYear;
  JobQueue queue(*database_, events_, [&time] { return time; });
  const auto submitted = [&](Milliseconds at) {
    time = at;
    return queue.submit({.request = "{}"}).id;
  };
  const JobId first = submitted(60 * kYear), second = submitted(59 * kYear), third = submitted(61 * kYear);
  EXPECT_THAT(ids(), ElementsAre(first, second, third));
  EXPECT_LT(first, second);
  EXPECT_LT(second, third);
  time = 59 * kYear;
  EXPECT_EQ(queue.claim_next()->id, first);
  time = 58 * kYear;
  queue.finish(first, {});
  const Job ended = queue.find(first);
  EXPECT_LE(ended.created_at, ended.started_at) << "no job takes less than no time";
  EXPECT_LE(ended.started_at, ended.finished_at);
  queue.cancel(third);
  EXPECT_LE(queue.find(third).created_at, queue.find(third).finished_at);
  EXPECT_EQ(queue.claim_next()->id, second);
  queue.finish(second, {});
  EXPECT_THAT(ids({.states = {JobState::kDone, JobState::kCancelled}}), ElementsAre(third, second, first));
}

TEST_F(JobQueueTest, ForgetsTheOldestEndedJobsOnly) {
  const JobId waiting = submit(-1);
  database_->write([](SQLite::Database& database) {
    database.exec(
        "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 1100) INSERT INTO jobs (kind, "
        "request, priority, state, place, created_at) SELECT 'txt2img', '{}', 0, 'done', 0, 1 FROM n");
  });
  const JobId last = submit();
  queue_->claim_next();
  queue_->finish(last, {});
  const JobPage page = queue_->list({.states = {JobState::kDone}, .limit = 1});
  EXPECT_EQ(page.total, JobQueue::kMostEnded);
  EXPECT_EQ(page.jobs.front().id, last);
  EXPECT_EQ(queue_->find(waiting).state, JobState::kWaiting);
}

TEST_F(JobQueueTest, KeepsTenThousandJobsInOrder) {
  database_->write([](SQLite::Database& database) {
    database.exec(
        "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 10000) INSERT INTO jobs (kind, "
        "request, priority, state, place, created_at) SELECT 'txt2img', '{}', i % 3, 'waiting', i * 1000, 1 FROM n");
  });
  const JobPage page = queue_->list({.after = 9990, .limit = 500});
  EXPECT_EQ(page.total, 10000);
  ASSERT_EQ(page.jobs.size(), 10u);
  EXPECT_EQ(page.jobs.back().position, 10000);
  EXPECT_EQ(queue_->move(page.jobs.back().id, 5000).position, 5000);
  EXPECT_EQ(queue_->claim_next()->priority, 2);
  // The plan, not a clock: nothing is sorted or read whole.
  database_->read([](SQLite::Database& database) {
    SQLite::Statement plan(database,
                           "EXPLAIN QUERY PLAN SELECT id FROM jobs WHERE state = 'waiting' ORDER BY priority DESC, "
                           "place LIMIT 1");
    ASSERT_TRUE(plan.executeStep());
    EXPECT_THAT(plan.getColumn(3).getString(), HasSubstr("jobs_in_order"));
    EXPECT_FALSE(plan.executeStep());
  });
}

TEST_F(JobQueueTest, WaitsForTheEndOfAJob) {
  const JobId id = submit();
  std::thread worker([&] {
    queue_->claim_next();
    queue_->finish(id, {.was_interrupted = true});
  });
  const Job job = queue_->wait(id, {});
  EXPECT_EQ(job.state, JobState::kDone);
  EXPECT_TRUE(job.was_interrupted);
  worker.join();
}

TEST_F(JobQueueTest, StopsWaitingWhenAskedTo) {
  const JobId id = submit();
  Cancellation cancellation;
  cancellation.request();
  EXPECT_THROW(queue_->wait(id, cancellation), Error);
  queue_->close();
  EXPECT_THAT(tests::refusal(ErrorCode::kCancelled, [&] { queue_->wait(id, {}); }), HasSubstr("closing"));
}

TEST_F(JobQueueTest, TellsThePagesWhatChanged) {
  const auto subscription = events_.subscribe();
  const JobId id = submit();
  const auto event = subscription->next(std::chrono::milliseconds(0));
  ASSERT_TRUE(event);
  EXPECT_EQ(std::get<JobChanged>(event->event).job, id);
  EXPECT_TRUE(std::holds_alternative<QueueChanged>(subscription->next(std::chrono::milliseconds(0))->event));
}

TEST_F(JobQueueTest, LosesNothingWithManyThreads) {
  constexpr int kThreads = 4, kJobs = 25;
  std::vector<std::thread> threads;
  std::atomic<int> claimed = 0;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] {
      for (int job = 0; job < kJobs; ++job) {
        const JobId id = submit(i % 2);
        try {
          queue_->move(id, 1 + job % 3);
        } catch (const Error& error) {  // the worker was faster: it does not wait any more
          EXPECT_EQ(error.code(), ErrorCode::kInvalidArgument);
        }
      }
    });
  }
  threads.emplace_back([&] {
    while (claimed < kThreads * kJobs) {
      const std::uint64_t seen = queue_->changes();
      if (const auto job = queue_->claim_next()) {
        ++claimed;
        queue_->finish(job->id, {});
      } else {
        queue_->wait_for_change(seen, std::chrono::milliseconds(1000));
      }
    }
  });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(queue_->list({.states = {JobState::kDone}}).total, kThreads * kJobs);
}

}  // namespace
}  // namespace fude::service
