#pragma once

#include <SQLiteCpp/Database.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/platform/file_identity.h"
#include "service/migrations.h"

namespace fude::service {

/// The studio's memory, fude.db: what is queued, what was made, what is set. One connection writes, others read beside
/// it (SQLite's WAL mode); several processes may have the file open. For any thread.
///
/// A file that is deleted or replaced while it is open is put back as it was, with the next look at it: nothing is lost
/// but what another program wrote into the other file, which is kept beside it.
///
/// What write() committed survives a power cut (synchronous=FULL). Errors of SQLite become Error: kCorruptFile (the
/// file is damaged; the next opening looks closer), kOutOfResources (disk full, locked by another program for long),
/// kInvalidArgument (the file may not be written).
class Database {
 public:
  using Work = std::function<void(SQLite::Database&)>;

  /// Opens or makes the file and brings it to today's tables. A damaged one is moved aside, as "fude.db.damaged-DATE",
  /// and what can be read of it is copied into a fresh one; see repair(). Throws Error: kUnsupportedModel for a file
  /// that a newer Fude wrote; those above.
  explicit Database(const std::filesystem::path& file, std::span<const std::string_view> steps = migrations());
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  /// Runs `work` in one transaction on the writing connection: all of it happens, or, when it throws, nothing. Not to
  /// be called from within `work`.
  void write(const Work& work);

  /// Runs `work` on a reading connection; all that it reads is of one moment.
  void read(const Work& work) const;

  const std::filesystem::path& file() const { return file_; }

  /// What was done about damage when the file was opened, one line; empty: it was whole. Then the gallery should be
  /// scanned again.
  const std::string& repair() const { return repair_; }

  /// What happened to the file while it was open, the last time, one line; empty: nothing.
  std::string incident() const;

 private:
  void open() const;
  void migrate() const;
  void move_aside();
  void expect_closer_look() const;
  bool is_displaced() const;
  void look_after_file() const;
  void put_back() const;
  void exchange_file() const;
  bool keep_strangers() const;
  std::unique_ptr<SQLite::Database> reader() const;

  std::filesystem::path file_;
  std::span<const std::string_view> steps_;
  std::string repair_;
  mutable std::mutex writing_;
  mutable std::shared_mutex exchanging_;  // shared by who reads: no connection may be exchanged
  mutable std::unique_ptr<SQLite::Database> writer_;
  mutable std::optional<platform::FileIdentity> identity_, log_identity_;  // of what the writer has open
  mutable std::string incident_;
  mutable std::mutex readers_lock_;
  mutable std::vector<std::unique_ptr<SQLite::Database>> readers_;  // those not in use
};

}  // namespace fude::service
