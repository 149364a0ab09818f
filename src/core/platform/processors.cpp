#include "core/platform/processors.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <set>
#include <string>
#include <string_view>
#include <thread>

#ifdef __linux__
#include <sched.h>
#endif

namespace fude::platform {
namespace {

namespace fs = std::filesystem;

// Numbers of the processors that this process may run on.
std::vector<int> allowed_processors() {
  std::vector<int> processors;
#ifdef __linux__
  cpu_set_t set;  // 1024 processors; where there are more the call fails
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof set, &set) == 0) {
    for (int i = 0; i < CPU_SETSIZE; ++i) {
      if (CPU_ISSET(i, &set)) processors.push_back(i);
    }
  }
#endif
  if (!processors.empty()) return processors;
  const int count = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  for (int i = 0; i < count; ++i) processors.push_back(i);
  return processors;
}

// "quota period" of version 2, "max period" where there is none.
double quota_in(const fs::path& file) {
  std::ifstream in(file);
  double quota = 0, period = 0;
  return in >> quota >> period && quota > 0 && period > 0 ? quota / period : 0;
}

double number_in(const fs::path& file) {
  std::ifstream in(file);
  double number = 0;
  return in >> number ? number : 0;
}

// Version 1 has the two numbers in two files, and -1 where there is none.
double old_quota_in(const fs::path& folder) {
  const double quota = number_in(folder / "cpu.cfs_quota_us"), period = number_in(folder / "cpu.cfs_period_us");
  return quota > 0 && period > 0 ? quota / period : 0;
}

// The strictest quota of a group and of those that it is part of; 0: none.
template <typename Read>
double strictest(const fs::path& root, fs::path group, const Read& read) {
  double least = 0;
  while (true) {
    const double quota = read(root / group.relative_path());
    if (quota > 0 && (least == 0 || quota < least)) least = quota;
    if (!group.has_relative_path()) return least;
    group = group.parent_path();
  }
}

bool is_about_processors(std::string_view controllers) {
  return controllers == "cpu" || controllers.starts_with("cpu,") || controllers.ends_with(",cpu");
}

// One line of /proc/self/cgroup: "number:controllers:group", "0::group" of version 2.
double quota_of_line(const std::string& line, const fs::path& groups) {
  const std::size_t first = line.find(':'), second = line.find(':', first + 1);
  if (first == std::string::npos || second == std::string::npos) return 0;
  const std::string controllers = line.substr(first + 1, second - first - 1);
  const fs::path group = line.substr(second + 1);
  if (controllers.empty()) return strictest(groups, group, [](const fs::path& at) { return quota_in(at / "cpu.max"); });
  return is_about_processors(controllers) ? strictest(groups / "cpu", group, old_quota_in) : 0;
}

}  // namespace

std::string processor_name() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    const std::size_t colon = line.find(": ");
    if (line.starts_with("model name") && colon != std::string::npos) return line.substr(colon + 2);
  }
  return {};
}

int count_cores(const std::vector<int>& processors, const ProcessorFolders& folders) {
  std::set<std::string> cores;
  for (const int processor : processors) {
    const std::string name = "cpu" + std::to_string(processor);
    std::string siblings;
    std::ifstream(folders.processors / name / "topology" / "thread_siblings_list") >> siblings;
    cores.insert(siblings.empty() ? name : siblings);
  }
  return static_cast<int>(cores.size());
}

int quota_processors(const ProcessorFolders& folders) {
  double least = 0;
  std::ifstream groups(folders.own_groups);
  for (std::string line; std::getline(groups, line);) {
    const double quota = quota_of_line(line, folders.groups);
    if (quota > 0 && (least == 0 || quota < least)) least = quota;
  }
  return static_cast<int>(std::ceil(std::min(least, 1e6)));
}

int available_cores() {
  const ProcessorFolders folders;
  const int cores = std::max(1, count_cores(allowed_processors(), folders));
  const int paid_for = quota_processors(folders);
  return paid_for > 0 ? std::min(cores, paid_for) : cores;
}

}  // namespace fude::platform
