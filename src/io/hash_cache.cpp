#include "io/hash_cache.h"

#include <fstream>
#include <mutex>
#include <nlohmann/json.hpp>
#include <system_error>

#include "core/error.h"
#include "core/platform/atomic_file.h"

namespace fude::io {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr std::uintmax_t kLargestFile = 4 << 20;  // bytes; what is larger is not ours
constexpr std::size_t kMostEntries = 4096;
constexpr std::chrono::seconds kTooFresh{3};  // file systems keep times to two seconds at worst

// An object, empty where there is none to be read.
Json read(const fs::path& file) {
  std::error_code missing;
  const std::uintmax_t size = fs::file_size(file, missing);
  if (missing || size > kLargestFile) return Json::object();
  std::ifstream in(file);
  Json json = Json::parse(in, nullptr, /*allow_exceptions=*/false);
  return json.is_object() ? json : Json::object();
}

bool is_sha256(const std::string& text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

Json entry_of(const FileStamp& stamp, const std::string& sha256) {
  return {{"size", stamp.size}, {"changed", stamp.changed}, {"sha256", sha256}};
}

}  // namespace

/// The file's contents, read again only when it changed: one look at a folder of models asks for hundreds of hashes.
class HashCache::Known {
 public:
  std::optional<std::string> find(const fs::path& file, const FileStamp& stamp) {
    const std::lock_guard guard(mutex_);
    const auto now = stamp_of(file);
    if (!now || now != stamp_) json_ = read(file);
    stamp_ = now;
    const auto entry = json_.find(stamp.path.string());
    if (entry == json_.end() || !entry->is_object()) return std::nullopt;
    const auto sha256 = entry->find("sha256");
    if (sha256 == entry->end() || !sha256->is_string()) return std::nullopt;
    const auto digits = sha256->get<std::string>();
    if (!is_sha256(digits) || *entry != entry_of(stamp, digits)) return std::nullopt;
    return digits;
  }

 private:
  std::mutex mutex_;
  std::optional<FileStamp> stamp_;
  Json json_ = Json::object();
};

HashCache::HashCache(fs::path file) : file_(std::move(file)), known_(std::make_shared<Known>()) {}

std::optional<FileStamp> stamp_of(const fs::path& path) {
  std::error_code error;
  FileStamp stamp{.path = fs::canonical(path, error)};
  if (error || !fs::is_regular_file(stamp.path, error)) return std::nullopt;
  stamp.size = fs::file_size(stamp.path, error);
  if (error) return std::nullopt;
  const fs::file_time_type changed = fs::last_write_time(stamp.path, error);
  if (error) return std::nullopt;
  stamp.changed = std::chrono::duration_cast<std::chrono::nanoseconds>(changed.time_since_epoch()).count();
  return stamp;
}

std::optional<std::string> HashCache::find(const FileStamp& stamp) const {
  return file_.empty() ? std::nullopt : known_->find(file_, stamp);
}

void HashCache::keep(const FileStamp& stamp, const std::string& sha256) const {
  const auto now = fs::file_time_type::clock::now().time_since_epoch();
  if (file_.empty() || now - std::chrono::nanoseconds(stamp.changed) < kTooFresh) return;
  Json known = read(file_);
  if (known.size() >= kMostEntries) known = Json::object();
  known[stamp.path.string()] = entry_of(stamp, sha256);
  try {
    fs::create_directories(file_.parent_path());
    platform::AtomicFile file(file_);
    file.write(known.dump(/*indent=*/0, ' ', /*ensure_ascii=*/false, Json::error_handler_t::replace));
    file.commit();
  } catch (const Error&) {  // the next run hashes again
  } catch (const fs::filesystem_error&) {
  }
}

}  // namespace fude::io
