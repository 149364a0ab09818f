#include "service/database.h"

#include <SQLiteCpp/Backup.h>
#include <SQLiteCpp/Exception.h>
#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>
#include <sqlite3.h>

#include <chrono>
#include <system_error>
#include <thread>
#include <tuple>
#include <utility>

#include "core/error.h"
#include "core/platform/paths.h"
#include "core/platform/writing.h"
#include "service/salvage.h"

namespace fude::service {
namespace {

constexpr int kLongestWait = 10'000;  // milliseconds, for another process to end its transaction
constexpr std::size_t kKeptReaders = 8;

bool is_damage(const SQLite::Exception& error) {
  return error.getErrorCode() == SQLITE_CORRUPT || error.getErrorCode() == SQLITE_NOTADB;
}

ErrorCode code_of(const SQLite::Exception& error) {
  switch (error.getErrorCode()) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return ErrorCode::kCorruptFile;
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM: return ErrorCode::kInvalidArgument;
    default: return ErrorCode::kOutOfResources;
  }
}

[[noreturn]] void rethrow(const SQLite::Exception& error, const std::filesystem::path& file) {
  if (code_of(error) == ErrorCode::kInvalidArgument) platform::refuse_unwritable(file, error.what());
  fail(code_of(error), "database '{}': {}", printable(file.string()), printable(error.what()));
}

// Beside the file when something in it could not be read: the next opening examines all of it.
std::filesystem::path suspicion(const std::filesystem::path& file) { return file.string() + ".suspect"; }

// Of two programs that open a new file at the same moment one may be refused at once.
void use_write_ahead_log(SQLite::Database& connection) {
  for (int attempt = 0;; ++attempt) {
    try {
      connection.exec("PRAGMA journal_mode = WAL");
      return;
    } catch (const SQLite::Exception& error) {
      constexpr int kAttempts = 100;
      if (error.getErrorCode() != SQLITE_BUSY || attempt == kAttempts) throw;
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
  }
}

std::int64_t version_of(SQLite::Database& connection) {
  return connection.execAndGet("PRAGMA user_version").getInt64();
}

// The schema is read whole by the first statement; the rest only where something went wrong before, for it takes long.
void examine(SQLite::Database& connection, bool wholly) {
  connection.execAndGet("SELECT count(*) FROM sqlite_schema");
  if (!wholly) return;
  const std::string verdict = connection.execAndGet("PRAGMA quick_check(1)").getString();
  if (verdict != "ok") throw SQLite::Exception(verdict, SQLITE_CORRUPT);
}

std::filesystem::path log_of(const std::filesystem::path& file) { return file.string() + "-wal"; }
std::filesystem::path log_index_of(const std::filesystem::path& file) { return file.string() + "-shm"; }

// "fude.db.damaged-2026-11-22", with a number where that is taken.
std::filesystem::path free_name(const std::filesystem::path& file, std::string_view why) {
  const std::string base = fmt::format("{}.{}-{}", file.string(), why, platform::local_date());
  std::filesystem::path name = base;
  for (int i = 2; std::filesystem::exists(name); ++i) name = base + '-' + std::to_string(i);
  return name;
}

// Closing leaves alone what lies under the file's names by then.
void let_go(SQLite::Database& connection) {
  sqlite3_db_config(connection.getHandle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
}

void copy_whole(SQLite::Database& from, const std::filesystem::path& to) {
  std::error_code ignored;
  std::filesystem::remove(to, ignored);  // of an attempt that was cut off
  SQLite::Database target(to, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
  SQLite::Backup(target, from).executeStep(-1);
}

}  // namespace

Database::Database(const std::filesystem::path& file, std::span<const std::string_view> steps)
    : file_(std::filesystem::absolute(file)), steps_(steps) {
  std::error_code failure;
  std::filesystem::create_directories(file_.parent_path(), failure);  // a failure shows below
  try {
    try {
      open();
    } catch (const SQLite::Exception& error) {
      if (!is_damage(error)) throw;
      move_aside();
    }
  } catch (const SQLite::Exception& error) {
    rethrow(error, file_);
  }
}

Database::~Database() {
  try {
    if (is_displaced()) put_back();
  } catch (const std::exception&) {  // its folder is gone, too
    let_go(*writer_);
  }
}

void Database::open() const {
  const bool is_suspect = std::filesystem::exists(suspicion(file_));
  writer_ = std::make_unique<SQLite::Database>(file_, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE, kLongestWait);
  examine(*writer_, is_suspect);
  use_write_ahead_log(*writer_);
  writer_->exec("PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA cache_size = -16000");
  migrate();
  identity_ = platform::file_identity(file_);
  log_identity_ = platform::file_identity(log_of(file_));
  std::error_code ignored;
  if (is_suspect) std::filesystem::remove(suspicion(file_), ignored);
}

void Database::migrate() const {
  const auto known = static_cast<std::int64_t>(steps_.size());
  if (version_of(*writer_) == known) return;
  SQLite::Transaction transaction(*writer_, SQLite::TransactionBehavior::IMMEDIATE);
  const std::int64_t version = version_of(*writer_);  // another process may have been faster
  if (version < 0 || version > known) {
    fail(ErrorCode::kUnsupportedModel,
         "database '{}' is of version {}, expected at most {}: a newer Fude wrote it; use that one, or move the file "
         "away",
         printable(file_.string()), version, known);
  }
  for (std::int64_t i = version; i < known; ++i) writer_->exec(std::string(steps_[static_cast<std::size_t>(i)]));
  writer_->exec("PRAGMA user_version = " + std::to_string(known));
  transaction.commit();
}

void Database::move_aside() {
  writer_.reset();
  const std::filesystem::path aside = free_name(file_, "damaged");
  for (const char* ending : {"-wal", "-shm", ""}) {
    const std::filesystem::path part = file_.string() + ending;
    std::error_code failure;
    if (std::filesystem::exists(part, failure)) std::filesystem::rename(part, aside.string() + ending, failure);
    if (failure) {
      fail(ErrorCode::kCorruptFile, "database '{}' is damaged and cannot be moved aside: {}", printable(file_.string()),
           failure.message());
    }
  }
  std::error_code ignored;
  std::filesystem::remove(suspicion(file_), ignored);
  open();
  const std::int64_t saved = salvage(*writer_, aside);
  repair_ = fmt::format("database '{}' was damaged: {} of its rows were saved, and it is kept as '{}'",
                        printable(file_.string()), saved, printable(aside.filename().string()));
}

void Database::expect_closer_look() const {
  std::FILE* mark = std::fopen(suspicion(file_).c_str(), "w");
  if (mark != nullptr) std::fclose(mark);
}

bool Database::is_displaced() const {
  return platform::file_identity(file_) != identity_ ||
         (log_identity_ && platform::file_identity(log_of(file_)) != log_identity_);
}

// What the connections have open is whole, whatever became of its names: a copy of it gets them again.
void Database::put_back() const {
  constexpr int kAttempts = 3;  // somebody may be deleting at this very moment
  const std::unique_lock alone(exchanging_);
  std::string failure;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    try {
      exchange_file();
      return;
    } catch (const std::exception& error) {
      failure = error.what();
    }
  }
  fail(ErrorCode::kOutOfResources,
       "database '{}' was deleted or replaced while it was open, and cannot be put back: {}; nothing is stored until "
       "its folder is there, is writable and has room",
       printable(file_.string()), printable(failure));
}

void Database::exchange_file() const {
  const std::filesystem::path copy = file_.string() + ".returning";
  copy_whole(*writer_, copy);
  const std::optional<platform::FileIdentity> copied = platform::file_identity(copy);
  const bool had_strangers = keep_strangers();
  std::filesystem::rename(copy, file_);
  for (const auto& reader : readers_) let_go(*reader);
  readers_.clear();
  let_go(*writer_);
  auto before = std::make_tuple(std::move(writer_), identity_, log_identity_);
  try {
    open();
    if (identity_ != copied) throw SQLite::Exception("it was deleted again", SQLITE_IOERR);
  } catch (...) {
    if (writer_) let_go(*writer_);
    std::tie(writer_, identity_, log_identity_) = std::move(before);
    throw;
  }
  const std::string name = printable(file_.string());
  incident_ = had_strangers ? fmt::format(
                                  "database '{}' was replaced while it was open: it was put back, nothing is "
                                  "lost, and the other file is kept beside it",
                                  name)
                            : fmt::format(
                                  "database '{}' was deleted while it was open: it was put back, and nothing "
                                  "is lost",
                                  name);
}

// Clears the file's names: what is not ours keeps living under another one. False: there was no other database.
bool Database::keep_strangers() const {
  const auto found = platform::file_identity(file_), log = platform::file_identity(log_of(file_));
  const bool is_strange = found && found != identity_;
  const std::filesystem::path aside = free_name(file_, "replaced");
  if (is_strange) std::filesystem::rename(file_, aside);
  if (is_strange && log && log != log_identity_) {
    std::filesystem::rename(log_of(file_), log_of(aside));
  } else {
    std::filesystem::remove(log_of(file_));
  }
  std::filesystem::remove(log_index_of(file_));  // made anew out of the log
  return is_strange;
}

void Database::look_after_file() const {
  {
    const std::shared_lock at_work(exchanging_);
    if (!is_displaced()) return;
  }
  const std::unique_lock writing(writing_, std::try_to_lock);  // else who writes sees to it
  if (writing && is_displaced()) put_back();
}

std::string Database::incident() const {
  const std::shared_lock at_work(exchanging_);
  return incident_;
}

void Database::write(const Work& work) {
  const std::lock_guard guard(writing_);
  try {
    if (is_displaced()) put_back();
    SQLite::Transaction transaction(*writer_, SQLite::TransactionBehavior::IMMEDIATE);
    work(*writer_);
    transaction.commit();
  } catch (const SQLite::Exception& error) {
    if (is_damage(error)) expect_closer_look();
    rethrow(error, file_);
  }
}

std::unique_ptr<SQLite::Database> Database::reader() const {
  {
    const std::lock_guard guard(readers_lock_);
    if (!readers_.empty()) {
      auto connection = std::move(readers_.back());
      readers_.pop_back();
      return connection;
    }
  }
  auto connection = std::make_unique<SQLite::Database>(file_, SQLite::OPEN_READONLY, kLongestWait);
  connection->exec("PRAGMA cache_size = -16000");
  return connection;
}

void Database::read(const Work& work) const {
  look_after_file();
  const std::shared_lock at_work(exchanging_);
  try {
    auto connection = reader();
    {
      SQLite::Transaction moment(*connection, SQLite::TransactionBehavior::DEFERRED);
      work(*connection);
    }
    const std::lock_guard guard(readers_lock_);
    if (readers_.size() < kKeptReaders) readers_.push_back(std::move(connection));
  } catch (const SQLite::Exception& error) {
    if (is_damage(error)) expect_closer_look();
    rethrow(error, file_);
  }
}

}  // namespace fude::service
