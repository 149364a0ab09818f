#include <gmock/gmock.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "apps/fude/command.h"
#include "service/job_queue.h"
#include "tests/apps/command_output.h"
#include "tests/support/temporary_folder.h"

namespace fude::apps {
namespace {

using testing::HasSubstr;

class JobsCommand : public testing::Test {
 protected:
  void fill() const {
    service::Database database(folder_ / "fude.db");
    service::EventHub events;
    service::JobQueue queue(database, events);
    queue.submit({.request = R"({"prompt": "空"})", .origin = "studio"});
    queue.submit({.request = "{}", .priority = 5});
    queue.finish(queue.claim_next()->id, {.state = service::JobState::kFailed, .error = "no such model"});
    queue.pause();
  }

  std::string jobs(std::vector<std::string> words = {}) const {
    words.insert(words.begin(), {"jobs", "--data-dir", folder_.path().string()});
    return tests::output_of(add_jobs_command, std::move(words));
  }

  tests::TemporaryFolder folder_;
};

TEST_F(JobsCommand, ListsWaitingJobsThenEndedOnes) {
  fill();
  EXPECT_EQ(jobs(),
            "The queue is paused.\n"
            "  1 txt2img     number 1, waiting, 0 of 1 pictures, from studio\n"
            "  2 txt2img     failed, 0 of 1 pictures, priority 5\n"
            "                no such model\n");
}

TEST_F(JobsCommand, PrintsJson) {
  fill();
  const auto list = nlohmann::json::parse(jobs({"--json", "--limit", "1"}));
  EXPECT_TRUE(list.at("paused").get<bool>());
  EXPECT_EQ(list.at("total"), 2);
  ASSERT_EQ(list.at("jobs").size(), 1u);
  EXPECT_EQ(list["jobs"][0].at("state"), "waiting");
  EXPECT_EQ(list["jobs"][0].at("request").at("prompt"), "空");
}

TEST_F(JobsCommand, MakesNothingWhereNoStudioWas) {
  EXPECT_EQ(jobs(), "There are no jobs.\n");
  EXPECT_TRUE(std::filesystem::is_empty(folder_.path()));
}

}  // namespace
}  // namespace fude::apps
