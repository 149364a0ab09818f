#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>

#include "command.h"
#include "core/error.h"
#include "core/platform/paths.h"
#include "core/platform/writing.h"
#include "server/api_values.h"
#include "service/job_queue.h"
#include "text_rows.h"

namespace fude::apps {
namespace {

using service::Job;
using service::JobState;

struct JobsFlags {
  std::string data_dir;
  int limit = 50;
  bool wants_json = false;
};

std::string describe(const Job& job) {
  std::string text = fmt::format("{}, {} of {} pictures", name_of(job.state), job.pictures_done, job.pictures_wanted);
  if (job.state == JobState::kWaiting) text = fmt::format("number {}, ", job.position) + text;
  if (job.was_interrupted) text += ", interrupted";
  if (job.priority != 0) text += fmt::format(", priority {}", job.priority);
  if (!job.origin.empty()) text += fmt::format(", from {}", job.origin);
  if (!job.error.empty()) text += "\n" + job.error;
  return text;
}

std::string list_text(const service::JobPage& page, const service::QueueCounts& counts) {
  std::string out = counts.is_paused ? "The queue is paused.\n" : "";
  for (const Job& job : page.jobs) append_row(out, fmt::format("{} {}", job.id, job.kind), describe(job));
  if (page.jobs.empty()) out += "There are no jobs.\n";
  return out;
}

std::string list_json(const service::JobPage& page, const service::QueueCounts& counts) {
  server::Json jobs = server::Json::array();
  for (const Job& job : page.jobs) jobs.push_back(server::to_json(job));
  const server::Json list = {{"paused", counts.is_paused}, {"total", page.total}, {"jobs", jobs}};
  return list.dump(2, ' ', false, server::Json::error_handler_t::replace) + '\n';
}

void print_jobs(const JobsFlags& flags) {
  const std::filesystem::path file = platform::data_dir_or_default(flags.data_dir) / "fude.db";
  service::JobPage page;
  service::QueueCounts counts;
  std::error_code failure;
  const bool was_studio = std::filesystem::exists(file, failure);
  if (failure) platform::refuse_unwritable(file, failure.message());
  if (was_studio) {  // else nothing is made for a look
    service::Database database(file);
    service::EventHub events;
    const service::JobQueue queue(database, events);
    using enum JobState;
    page = queue.list({.states = {kRunning, kWaiting, kDone, kFailed, kCancelled}, .limit = flags.limit});
    counts = queue.counts();
  }
  const std::string out = flags.wants_json ? list_json(page, counts) : list_text(page, counts);
  std::fwrite(out.data(), 1, out.size(), stdout);
}

}  // namespace

void add_jobs_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("jobs", "list the studio's queue: running, waiting and ended jobs");
  auto flags = std::make_shared<JobsFlags>();
  command->add_option("--data-dir", flags->data_dir, "the studio's data folder; default: $XDG_DATA_HOME/fude")
      ->type_name("DIR");
  command->add_option("--limit", flags->limit, "jobs listed at most, 1..500 (default 50)")
      ->type_name("N")
      ->check(CLI::Range(1, 500).description(""));
  command->add_flag("--json", flags->wants_json, "print one JSON object: paused, total, jobs");
  command->callback([flags] { print_jobs(*flags); });
}

}  // namespace fude::apps
