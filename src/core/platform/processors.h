#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace fude::platform {

/// How many threads can truly calculate at the same time in this process: the cores among the processors that it may
/// run on (hyper-threads of one core counted once), or what a time quota on its group (a container) pays for if that is
/// less. At least 1. For work that keeps a core's arithmetic busy, more threads than that only wait for each other.
int available_cores();

/// What the processor is called by its maker, "AMD EPYC 9B45"; empty where the system does not tell.
std::string processor_name();

/// Where a system tells, for tests.
struct ProcessorFolders {
  std::filesystem::path processors = "/sys/devices/system/cpu";  // cpu0/topology/...
  std::filesystem::path groups = "/sys/fs/cgroup";
  std::filesystem::path own_groups = "/proc/self/cgroup";  // a file
};

/// The cores that these processors (by number) belong to; each is its own where the system does not tell.
int count_cores(const std::vector<int>& processors, const ProcessorFolders& folders);

/// How many processors the strictest quota over this process's groups pays for, rounded up; 0: there is none.
int quota_processors(const ProcessorFolders& folders);

}  // namespace fude::platform
