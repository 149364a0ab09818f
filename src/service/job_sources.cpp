#include "service/job_sources.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

#include "core/error.h"
#include "core/hash.h"
#include "core/platform/atomic_file.h"
#include "core/platform/mapped_file.h"
#include "core/platform/writing.h"

namespace fude::service {
namespace {

namespace fs = std::filesystem;

std::string digest_of(const std::string& bytes) { return sha256_hex(std::as_bytes(std::span(bytes))); }

// Made so that its name survives a power cut, too.
void make_durable_folder(const fs::path& folder) {
  if (fs::is_directory(folder)) return;
  platform::make_folder(folder);
  platform::sync_folder(folder.parent_path());
  platform::sync_folder(folder.parent_path().parent_path());
}

[[noreturn]] void refuse_lost(JobId id, const std::string& member) {
  fail(ErrorCode::kNotFound,
       "a picture that job {} starts from ({}) is no longer kept: begin again with the picture at hand", id,
       printable(member));
}

}  // namespace

JobSources::JobSources(fs::path folder, JobQueue& queue, std::int64_t most_bytes)
    : folder_(std::move(folder)), queue_(queue), most_bytes_(most_bytes) {
  std::error_code failure;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder_, failure)) {
    std::error_code vanished;
    const auto size = static_cast<std::int64_t>(entry.file_size(vanished));
    if (vanished) continue;
    files_[entry.path().filename().string()] = size;
    total_ += size;
  }
  tidy();
}

Job JobSources::submit(NewJob job, const std::vector<Source>& sources) {
  if (sources.empty()) return queue_.submit(job);
  std::map<std::string, std::int64_t> coming;
  for (const Source& source : sources) {
    job.sources.push_back({.member = source.member, .digest = digest_of(*source.bytes)});
    coming[job.sources.back().digest] = static_cast<std::int64_t>(source.bytes->size());
  }
  const std::lock_guard lock(mutex_);
  make_room(coming);
  for (std::size_t i = 0; i < sources.size(); ++i) put(job.sources[i].digest, *sources[i].bytes);
  return queue_.submit(job);
}

Job JobSources::repeat(JobId id) {
  const std::lock_guard lock(mutex_);
  require_files(id, queue_.sources_of(id));
  return queue_.repeat(id);
}

void JobSources::require_files(JobId id, const std::vector<JobSource>& sources) const {
  for (const JobSource& source : sources) {
    if (!fs::is_regular_file(folder_ / source.digest)) refuse_lost(id, source.member);
  }
}

std::vector<Source> JobSources::read(JobId id) const {
  std::vector<Source> read;
  for (const JobSource& source : queue_.sources_of(id)) {
    if (!fs::is_regular_file(folder_ / source.digest)) refuse_lost(id, source.member);
    const auto file = platform::MappedFile::open(folder_ / source.digest);
    const std::span<const std::byte> bytes = file->bytes();
    auto text = std::make_shared<const std::string>(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    if (digest_of(*text) != source.digest) {
      fail(ErrorCode::kCorruptFile, "a picture that job {} starts from ({}) was damaged on the disk", id,
           printable(source.member));
    }
    read.push_back({.member = source.member, .bytes = std::move(text)});
  }
  return read;
}

void JobSources::tidy() {
  const std::lock_guard lock(mutex_);
  if (files_.empty()) return;
  std::set<std::string> used;
  for (const JobSourceUse& use : queue_.source_uses()) used.insert(use.digest);
  std::vector<std::string> unused;
  for (const auto& [digest, size] : files_) {
    if (!used.contains(digest)) unused.push_back(digest);
  }
  for (const std::string& digest : unused) remove(digest);
}

// Those of ended jobs are kept for repeating them, as long as there is room.
void JobSources::make_room(const std::map<std::string, std::int64_t>& coming) {
  std::int64_t needed = 0;
  for (const auto& [digest, size] : coming) needed += files_.contains(digest) ? 0 : size;
  if (total_ + needed <= most_bytes_) return;
  const std::vector<JobSourceUse> uses = queue_.source_uses();
  for (auto use = uses.rbegin(); use != uses.rend() && !use->is_needed && total_ + needed > most_bytes_; ++use) {
    if (!coming.contains(use->digest)) remove(use->digest);
  }
  if (total_ + needed <= most_bytes_) return;
  fail(ErrorCode::kOutOfResources,
       "the pictures that waiting jobs start from have {} bytes, and {} more are over the limit of {}: wait until some "
       "jobs have ended, or cancel some",
       total_, needed, most_bytes_);
}

void JobSources::put(const std::string& digest, const std::string& bytes) {
  const fs::path file = folder_ / digest;
  std::error_code missing;
  if (files_.contains(digest) && fs::file_size(file, missing) == bytes.size()) return;
  make_durable_folder(folder_);
  platform::AtomicFile written(file);
  written.write(bytes);
  written.commit();
  const auto size = static_cast<std::int64_t>(bytes.size());
  total_ += size - std::exchange(files_[digest], size);
}

void JobSources::remove(const std::string& digest) {
  const auto file = files_.find(digest);
  if (file == files_.end()) return;
  std::error_code failure;
  fs::remove(folder_ / digest, failure);
  if (failure) return;  // the next time
  total_ -= file->second;
  files_.erase(file);
}

}  // namespace fude::service
