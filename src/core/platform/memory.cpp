#include "core/platform/memory.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>  // defines __GLIBC__ where it applies
#include <fstream>
#include <string>
#include <string_view>

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace fude::platform {
namespace {

/// The number in a file that holds nothing else.
std::optional<std::uint64_t> number_in(const char* path) {
  std::ifstream file(path);
  std::uint64_t number = 0;
  if (file >> number) return number;
  return std::nullopt;  // no such file, or "max"
}

/// A line of Linux's table, "MemAvailable:  123 kB", in bytes.
std::optional<std::uint64_t> system_memory(std::string_view line) {
  std::ifstream file("/proc/meminfo");
  std::string label, unit;
  std::uint64_t kibibytes = 0;
  while (file >> label >> kibibytes && std::getline(file, unit)) {
    if (label == line) return kibibytes * 1024;
  }
  return std::nullopt;
}

/// What of a group's memory is copies of files, which the system drops when it needs room.
std::uint64_t file_memory() {
  std::ifstream file("/sys/fs/cgroup/memory.stat");
  std::string label;
  std::uint64_t bytes = 0, sum = 0;
  while (file >> label >> bytes) {
    if (label == "inactive_file" || label == "active_file") sum += bytes;
  }
  return sum;
}

std::optional<std::uint64_t> group_memory() {
  const auto limit = number_in("/sys/fs/cgroup/memory.max"), used = number_in("/sys/fs/cgroup/memory.current");
  if (!limit || !used) return std::nullopt;
  const std::uint64_t kept = *used - std::min(*used, file_memory());
  return *limit - std::min(*limit, kept);
}

}  // namespace

void keep_freed_memory() {
#ifdef __GLIBC__
  constexpr int kLargestThreshold = 32 << 20;  // bytes; glibc takes no more
  mallopt(M_MMAP_THRESHOLD, kLargestThreshold);
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
  mallopt(M_TOP_PAD, 64 << 20);
#endif
}

void release_freed_memory() {
#ifdef __GLIBC__
  malloc_trim(0);
#endif
}

std::optional<std::uint64_t> available_memory() {
  const auto system = system_memory("MemAvailable:"), group = group_memory();
  if (system && group) return std::min(*system, *group);
  return system ? system : group;
}

std::optional<std::uint64_t> total_memory() {
  const auto system = system_memory("MemTotal:"), group = number_in("/sys/fs/cgroup/memory.max");
  if (system && group) return std::min(*system, *group);
  return system ? system : group;
}

std::uint64_t resident_memory() {
  std::ifstream file("/proc/self/statm");  // pages: all, resident
  std::uint64_t all = 0, resident = 0;
  if (!(file >> all >> resident)) return 0;
  return resident * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

std::uint64_t peak_memory() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
}

}  // namespace fude::platform
