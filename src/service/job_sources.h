#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "service/job_queue.h"

namespace fude::service {

/// A picture that a job starts from: the file's bytes, and the request's member that it belongs to ("init_images").
struct Source {
  std::string member = {};
  std::shared_ptr<const std::string> bytes = {};

  bool operator==(const Source& other) const { return member == other.member && *bytes == *other.bytes; }
};

/// The pictures that jobs start from, outside the database: each once, in a file that is called by the SHA-256 of its
/// bytes. A job that was accepted has all of its pictures on the disk, whenever the process or the machine dies; files
/// that belong to no job go at the next start at the latest. For any thread.
class JobSources {
 public:
  /// Bytes of all files together.
  static constexpr std::int64_t kMostBytes = std::int64_t{4} << 30;

  /// `folder` is made when the first picture comes; nothing else may lie in it. `queue` must outlive this.
  JobSources(std::filesystem::path folder, JobQueue& queue, std::int64_t most_bytes = kMostBytes);

  /// Stores the pictures, then the job. When there is no room, those of the oldest ended jobs are given up.
  /// Throws Error: kOutOfResources (the jobs that have not ended need the room; the disk is full), and as
  /// JobQueue::submit(); the job is not stored then.
  Job submit(NewJob job, const std::vector<Source>& sources);

  /// The same job once more. Throws Error as JobQueue::repeat() and read().
  Job repeat(JobId id);

  /// Those of a job, in the order in which they were given. Throws Error: kNotFound (given up, or deleted by somebody),
  /// kCorruptFile (not the bytes that were given).
  std::vector<Source> read(JobId id) const;

  /// Removes what belongs to no job any more.
  void tidy();

 private:
  void require_files(JobId id, const std::vector<JobSource>& sources) const;
  void make_room(const std::map<std::string, std::int64_t>& coming);
  void put(const std::string& digest, const std::string& bytes);
  void remove(const std::string& digest);

  std::filesystem::path folder_;
  JobQueue& queue_;
  std::int64_t most_bytes_;
  mutable std::mutex mutex_;                   // held from the first file to the job's row, and while files go
  std::map<std::string, std::int64_t> files_;  // digest -> bytes
  std::int64_t total_ = 0;                     // of files_
};

}  // namespace fude::service
