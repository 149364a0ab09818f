// Kills a working studio again and again, at any moment, and looks whether anything was lost or done twice.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "core/error.h"
#include "io/images/png_file.h"
#include "service/gallery.h"
#include "service/job_queue.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tiny_model.h"

namespace fude::service {
namespace {

constexpr int kLives = 40;
constexpr int kJobsAhead = 30;  // of the undisturbed run while the other one is being killed

/// A running studio_life, which gives life to one studio after the other.
class Nursery {
 public:
  Nursery() {
    int orders[2], words[2];
    EXPECT_EQ(::pipe2(orders, O_CLOEXEC), 0);
    EXPECT_EQ(::pipe2(words, O_CLOEXEC), 0);
    process_ = ::fork();
    if (process_ == 0) {
      ::dup2(orders[0], STDIN_FILENO);
      ::dup2(words[1], STDOUT_FILENO);
      ::execl(FUDE_STUDIO_LIFE, "studio_life", nullptr);
      ::_exit(127);
    }
    ::close(orders[0]);
    ::close(words[1]);
    input_ = ::fdopen(orders[1], "w");
    output_ = ::fdopen(words[0], "r");
  }
  ~Nursery() {
    std::fclose(input_);
    ::waitpid(process_, nullptr, 0);
    std::fclose(output_);
  }
  Nursery(const Nursery&) = delete;
  Nursery& operator=(const Nursery&) = delete;

  void order(const std::string& text) {
    std::fputs((text + '\n').c_str(), input_);
    std::fflush(input_);
  }

  /// What is said next; empty: there is nobody any more.
  std::string line() {
    char text[64] = {};
    if (std::fgets(text, sizeof(text), output_) == nullptr) return {};
    return std::string(text, std::strcspn(text, "\n"));
  }

 private:
  pid_t process_ = -1;
  std::FILE* input_ = nullptr;
  std::FILE* output_ = nullptr;
};

/// A studio at work.
class Life {
 public:
  Life(Nursery& nursery, const std::filesystem::path& data_dir, int next, int end, const std::string& mode)
      : nursery_(nursery) {
    nursery_.order(fmt::format("{} {} {} {}", next, end, mode, data_dir.string()));
    const std::string born = nursery_.line();
    EXPECT_EQ(std::sscanf(born.c_str(), "life %d", &process_), 1) << born;
  }

  /// What it says next.
  std::string line() { return nursery_.line(); }

  /// How many jobs it said to have stored before it died.
  int kill() {
    if (process_ > 0) ::kill(process_, SIGKILL);
    EXPECT_EQ(last_word(), "ended -1");
    return stored_;
  }

  int exit_code() {
    int code = -1;
    std::sscanf(last_word().c_str(), "ended %d", &code);
    return code;
  }

 private:
  std::string last_word() {
    std::string said = line();
    for (; !said.empty() && !said.starts_with("ended"); said = line()) stored_ += said == "stored" ? 1 : 0;
    return said;
  }

  Nursery& nursery_;
  pid_t process_ = -1;
  int stored_ = 0;
};

std::filesystem::path with_model(const std::filesystem::path& data_dir) {
  std::filesystem::create_directories(data_dir / "models/Stable-diffusion");
  std::filesystem::copy_file(tests::tiny_model("micro-sd1"), data_dir / "models/Stable-diffusion/micro.safetensors");
  return std::filesystem::canonical(data_dir);
}

std::string bytes_of(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

/// What is in a data folder in the end.
struct Result {
  std::vector<Job> jobs;                                     // by id
  std::map<std::pair<std::string, int>, std::string> bytes;  // of pictures, by task and index
  std::vector<std::string> files;                            // of pictures in the jobs' order
  std::map<std::string, std::vector<std::string>> folders;   // the same by folder: numbers count in each
  std::vector<std::filesystem::path> all_files;              // below the outputs folder
  std::vector<std::string> indices;                          // what lies beside comparisons' grids
  std::map<std::string, std::string> sources;                // what jobs start from, by file name
};

Result result_of(const std::filesystem::path& data_dir) {
  Database database(data_dir / "fude.db");
  EventHub events;
  const JobQueue queue(database, events);
  Gallery gallery(database, data_dir / "outputs");
  Result result;
  using enum JobState;
  result.jobs = queue.list({.states = {kWaiting, kRunning, kDone, kFailed, kCancelled}, .limit = 500}).jobs;
  std::ranges::reverse(result.jobs);
  for (const Job& job : result.jobs) {
    for (const JobPicture& picture : queue.pictures_of(job.id)) {
      const auto row = picture.picture ? gallery.find(*picture.picture) : std::nullopt;
      EXPECT_TRUE(row && row->file == picture.file && row->job == job.id && row->index == picture.index);
      result.files.push_back(picture.file);
      result.folders[std::filesystem::path(picture.file).parent_path().string()].push_back(picture.file);
      result.bytes[{job.task, picture.index}] = bytes_of(data_dir / "outputs" / picture.file);
    }
  }
  EXPECT_EQ(gallery.search({.limit = 1}).total, static_cast<std::int64_t>(result.files.size()));
  for (const auto& entry : std::filesystem::recursive_directory_iterator(data_dir / "outputs")) {
    if (!entry.is_regular_file()) continue;
    result.all_files.push_back(entry.path());
    if (entry.path().extension() == ".json") result.indices.push_back(bytes_of(entry.path()));
  }
  for (const auto& entry : std::filesystem::directory_iterator(data_dir / "job-pictures")) {
    result.sources[entry.path().filename().string()] = bytes_of(entry.path());
  }
  return result;
}

std::int64_t count_done(const std::filesystem::path& data_dir) {
  Database database(data_dir / "fude.db");
  EventHub events;
  return JobQueue(database, events).list({.states = {JobState::kDone}}).total;
}

// The kind of the job that was cut short; empty: none was.
std::string kind_cut_short(const std::filesystem::path& data_dir) {
  Database database(data_dir / "fude.db");
  EventHub events;
  const std::vector<Job> running = JobQueue(database, events).list({.states = {JobState::kRunning}}).jobs;
  return running.empty() ? std::string() : running.front().kind;
}

// How long a life takes from its first word to the end of its first job.
std::chrono::microseconds time_of_a_job(Nursery& nursery, const std::filesystem::path& data_dir) {
  Life life(nursery, data_dir, 0, 1, "finish");
  EXPECT_EQ(life.line(), "open");
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(life.exit_code(), 0);
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - start);
}

TEST(StudioKill, LosesNothingAndDoesNothingTwice) {
  const tests::TemporaryFolder folder;
  const std::filesystem::path calm = with_model(folder / "calm"), wild = with_model(folder / "wild");
  Nursery nursery, calm_nursery;
  const std::chrono::microseconds job_time = time_of_a_job(nursery, calm);
  Life calm_life(calm_nursery, calm, 1, kJobsAhead, "finish");  // beside what follows

  std::mt19937 random(20261122);
  int stored = 0;
  std::map<std::string, int> cut_short;
  for (int life = 0; life < kLives; ++life) {
    Life studio(nursery, wild, stored, stored + 1 + life % 2, "live");
    if (life % 8 != 7) {  // else it dies while it opens, or a little later
      EXPECT_EQ(studio.line(), "open");
    }
    std::this_thread::sleep_for(job_time * (random() % 1000) * (life % 3 == 0 ? 1 : 2) / 1000);
    stored += studio.kill();
    ++cut_short[kind_cut_short(wild)];
  }
  EXPECT_GT(count_done(wild), stored / 10) << "the lives were too short to work";
  EXPECT_GT(cut_short["txt2img"], 0) << "the lives were so long that nothing was left to lose";
  EXPECT_GT(cut_short["compare"], 0) << "no comparison was killed";
  RecordProperty("jobs_cut_short", cut_short["txt2img"]);
  RecordProperty("comparisons_cut_short", cut_short["compare"]);
  // The last life may have stored one more than it had time to say: it is stored again, which does nothing then.
  ++stored;
  ASSERT_GT(stored, kJobsAhead);
  ASSERT_EQ(calm_life.exit_code(), 0);
  Life calm_end(calm_nursery, calm, kJobsAhead, stored, "finish");
  ASSERT_EQ(Life(nursery, wild, stored - 1, stored, "finish").exit_code(), 0);
  ASSERT_EQ(calm_end.exit_code(), 0);

  const Result expected = result_of(calm), result = result_of(wild);
  ASSERT_EQ(expected.jobs.size(), static_cast<std::size_t>(stored));
  ASSERT_EQ(result.jobs.size(), static_cast<std::size_t>(stored));
  for (int i = 0; i < stored; ++i) {  // in the order in which they were stored
    const Job& job = result.jobs[static_cast<std::size_t>(i)];
    EXPECT_EQ(job.task, std::to_string(i));
    EXPECT_EQ(job.state, JobState::kDone) << job.error;
    EXPECT_EQ(job.pictures_done, job.pictures_wanted) << i;
    EXPECT_EQ(job.pictures.size(), static_cast<std::size_t>(job.pictures_wanted)) << i;
  }
  EXPECT_EQ(result.bytes, expected.bytes) << "a picture is damaged or another";
  for (const auto& [folder_name, files] : result.folders) {
    EXPECT_TRUE(std::ranges::is_sorted(files)) << folder_name << ": made in another order";
  }
  const auto comparisons = std::ranges::count(result.jobs, "compare", &Job::kind);
  EXPECT_EQ(result.indices.size(), static_cast<std::size_t>(comparisons)) << "one beside the grid of each";
  for (const std::string& index : result.indices) EXPECT_TRUE(nlohmann::json::accept(index)) << index;
  EXPECT_EQ(result.all_files.size(), result.files.size() + result.indices.size())
      << "something lies about, or was made twice";
  EXPECT_EQ(result.sources, expected.sources);
  EXPECT_EQ(result.sources.size(), 2u) << "half of a picture lies about, or one was kept twice";
}

}  // namespace
}  // namespace fude::service
