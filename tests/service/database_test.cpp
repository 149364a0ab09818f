#include "service/database.h"

#include <SQLiteCpp/Statement.h>
#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <thread>

#include "tests/support/refusal.h"
#include "tests/support/stranger.h"
#include "tests/support/temporary_folder.h"

namespace fude::service {
namespace {

using testing::HasSubstr;

constexpr std::array<std::string_view, 1> kFirstStep{"CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT)"};
constexpr std::array<std::string_view, 2> kTwoSteps{kFirstStep[0], "ALTER TABLE notes ADD COLUMN stars INTEGER"};

class DatabaseTest : public testing::Test {
 protected:
  tests::TemporaryFolder folder_;
  std::filesystem::path file_ = folder_ / "fude.db";

  static std::int64_t number(const Database& database, const std::string& query) {
    std::int64_t result = 0;
    database.read([&](SQLite::Database& connection) { result = connection.execAndGet(query).getInt64(); });
    return result;
  }
  static void note(Database& database, const std::string& text) {
    database.write([&](SQLite::Database& connection) {
      SQLite::Statement insertion(connection, "INSERT INTO notes (text) VALUES (?)");
      insertion.bind(1, text);
      insertion.exec();
    });
  }
};

TEST_F(DatabaseTest, MakesTheFileAndItsFolder) {
  const Database database(folder_ / "new/fude.db");
  EXPECT_TRUE(std::filesystem::exists(folder_ / "new/fude.db"));
  EXPECT_EQ(database.repair(), "");
  EXPECT_EQ(number(database, "SELECT count(*) FROM pictures"), 0);
}

TEST_F(DatabaseTest, WritesAheadAndKeepsWhatWasCommitted) {
  Database database(file_, kFirstStep);
  note(database, "kept");
  database.read(
      [](SQLite::Database& connection) { EXPECT_EQ(connection.execAndGet("PRAGMA journal_mode").getString(), "wal"); });
  database.write([](SQLite::Database& connection) {
    EXPECT_EQ(connection.execAndGet("PRAGMA synchronous").getInt(), 2);  // FULL
    EXPECT_EQ(connection.execAndGet("PRAGMA foreign_keys").getInt(), 1);
  });
  EXPECT_EQ(number(Database(file_, kFirstStep), "SELECT count(*) FROM notes"), 1);
}

TEST_F(DatabaseTest, TakesBackAWriteThatThrows) {
  Database database(file_, kFirstStep);
  EXPECT_THROW(database.write([](SQLite::Database& connection) {
    connection.exec("INSERT INTO notes (text) VALUES ('half')");
    throw std::runtime_error("stop");
  }),
               std::runtime_error);
  EXPECT_EQ(number(database, "SELECT count(*) FROM notes"), 0);
}

TEST_F(DatabaseTest, ReadsBesideAWrite) {
  Database database(file_, kFirstStep);
  database.write([&](SQLite::Database& connection) {
    connection.exec("INSERT INTO notes (text) VALUES ('not yet')");
    EXPECT_EQ(number(database, "SELECT count(*) FROM notes"), 0);
  });
  EXPECT_EQ(number(database, "SELECT count(*) FROM notes"), 1);
}

TEST_F(DatabaseTest, RefusesToWriteThroughAReader) {
  const Database database(file_, kFirstStep);
  tests::refusal(ErrorCode::kInvalidArgument,
                 [&] { database.read([](SQLite::Database& connection) { connection.exec("DELETE FROM notes"); }); });
}

TEST_F(DatabaseTest, GoesOnFromAnOlderVersion) {
  {
    Database old(file_, kFirstStep);
    note(old, "from before");
  }
  const Database database(file_, kTwoSteps);
  EXPECT_EQ(number(database, "SELECT count(*) FROM notes WHERE stars IS NULL"), 1);
  EXPECT_EQ(number(database, "PRAGMA user_version"), 2);
}

TEST_F(DatabaseTest, RefusesAFileOfANewerVersion) {
  { const Database database(file_, kTwoSteps); }
  EXPECT_THAT(tests::refusal(ErrorCode::kUnsupportedModel, [&] { const Database old(file_, kFirstStep); }),
              HasSubstr("is of version 2, expected at most 1: a newer Fude wrote it"));
  EXPECT_EQ(Database(file_, kTwoSteps).repair(), "");
}

TEST_F(DatabaseTest, LeavesTheFileAsItWasWhenAStepFails) {
  { const Database database(file_, kFirstStep); }
  constexpr std::array<std::string_view, 3> kBroken{kTwoSteps[0], kTwoSteps[1], "CREATE TABLE notes (text)"};
  EXPECT_THROW(Database(file_, kBroken), Error);
  EXPECT_EQ(number(Database(file_, kFirstStep), "PRAGMA user_version"), 1);
}

TEST_F(DatabaseTest, MovesAFileThatIsNoDatabaseAside) {
  std::ofstream(file_) << std::string(5000, 'x');
  Database database(file_, kFirstStep);
  EXPECT_THAT(database.repair(),
              HasSubstr("was damaged: 0 of its rows were saved, and it is kept as 'fude.db.damaged-"));
  note(database, "new");
  int kept = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder_.path())) {
    kept += static_cast<int>(entry.path().string().find("damaged-") != std::string::npos);
  }
  EXPECT_EQ(kept, 1);
  EXPECT_EQ(Database(file_, kFirstStep).repair(), "");
}

TEST_F(DatabaseTest, SavesWhatIsReadableOnceDamageWasMet) {
  {
    Database database(file_, kFirstStep);
    database.write([](SQLite::Database& connection) {
      for (int i = 0; i < 400; ++i)
        connection.exec("INSERT INTO notes (text) VALUES ('" + std::string(500, 'x') + "')");
    });
  }
  {
    std::fstream damage(file_, std::ios::in | std::ios::out | std::ios::binary);
    damage.seekp(20 * 4096);
    damage << std::string(4096, '\xFF');
  }
  {
    const Database database(file_, kFirstStep);  // opening is quick: it looks at the head only
    EXPECT_EQ(database.repair(), "");
    tests::refusal(ErrorCode::kCorruptFile, [&] { number(database, "SELECT sum(length(text)) FROM notes"); });
  }
  const Database database(file_, kFirstStep);
  EXPECT_THAT(database.repair(), HasSubstr("was damaged"));
  EXPECT_GT(number(database, "SELECT count(*) FROM notes"), 350);  // from both ends
  EXPECT_EQ(Database(file_, kFirstStep).repair(), "");
}

TEST_F(DatabaseTest, PutsADeletedFileBackWithTheNextWrite) {
  {
    Database database(file_, kFirstStep);
    note(database, "before");
    EXPECT_EQ(database.incident(), "");
    for (const char* ending : {"", "-wal", "-shm"}) std::filesystem::remove(file_.string() + ending);
    note(database, "after");
    EXPECT_THAT(database.incident(), HasSubstr("was deleted while it was open: it was put back"));
    EXPECT_EQ(number(database, "SELECT count(*) FROM notes"), 2);
    EXPECT_EQ(number(Database(file_, kFirstStep), "SELECT count(*) FROM notes"), 2) << "another program finds it";
    note(database, "later");
  }
  const Database database(file_, kFirstStep);
  EXPECT_EQ(number(database, "SELECT count(*) FROM notes"), 3);
  EXPECT_EQ(number(database, "PRAGMA user_version"), 1);
}

TEST_F(DatabaseTest, PutsADeletedFileBackWithTheNextReadAndWhenItIsClosed) {
  {
    Database database(file_, kFirstStep);
    note(database, "kept");
    std::filesystem::remove(file_);
    EXPECT_EQ(number(database, "SELECT count(*) FROM notes"), 1);
    EXPECT_TRUE(std::filesystem::exists(file_));
    std::filesystem::remove(file_);
  }
  EXPECT_EQ(number(Database(file_, kFirstStep), "SELECT count(*) FROM notes"), 1);
}

TEST_F(DatabaseTest, PutsTheFileBackWhenOnlyItsLogIsDeleted) {
  {
    Database database(file_, kFirstStep);
    note(database, "in the log");
    std::filesystem::remove(file_.string() + "-wal");
    note(database, "after");
  }
  EXPECT_EQ(number(Database(file_, kFirstStep), "SELECT count(*) FROM notes"), 2);
}

TEST_F(DatabaseTest, KeepsAnotherFileThatTookItsPlace) {
  {
    Database other(folder_ / "other.db", kFirstStep);
    note(other, "of another time");
  }
  Database database(file_, kFirstStep);
  note(database, "ours");
  std::filesystem::rename(folder_ / "other.db", file_);
  note(database, "ours, too");
  EXPECT_THAT(database.incident(), HasSubstr("was replaced while it was open"));
  EXPECT_EQ(number(database, "SELECT count(*) FROM notes"), 2);
  int kept = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder_.path())) {
    if (entry.path().string().find("replaced-") == std::string::npos) continue;
    EXPECT_EQ(number(Database(entry.path(), kFirstStep), "SELECT count(*) FROM notes"), 1);
    ++kept;
    break;
  }
  EXPECT_EQ(kept, 1);
}

TEST_F(DatabaseTest, RefusesToStoreInAFolderThatIsGoneAndGoesOnWhenItIsBack) {
  const std::filesystem::path there = folder_ / "there", away = folder_ / "away";
  Database database(there / "fude.db", kFirstStep);
  note(database, "before");
  std::filesystem::rename(there, away);
  EXPECT_THAT(tests::refusal(ErrorCode::kOutOfResources, [&] { note(database, "lost"); }),
              HasSubstr("cannot be put back"));
  std::filesystem::rename(away, there);
  note(database, "after");
  EXPECT_EQ(number(database, "SELECT count(*) FROM notes"), 2);
  EXPECT_EQ(database.incident(), "");
}

TEST_F(DatabaseTest, PutsTheFileBackUnderManyThreads) {
  Database database(file_, kFirstStep);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int k = 0; k < 20; ++k) {
        note(database, "x");
        EXPECT_GE(number(database, "SELECT count(*) FROM notes"), 1);
      }
    });
  }
  for (int i = 0; i < 2; ++i) {
    std::error_code ignored;
    std::filesystem::remove(file_, ignored);
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(number(database, "SELECT count(*) FROM notes"), 80);
}

TEST_F(DatabaseTest, ServesManyThreads) {
  Database database(file_, kFirstStep);
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      for (int k = 0; k < 10; ++k) {
        note(database, "x");
        EXPECT_GE(number(database, "SELECT count(*) FROM notes"), 1);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(number(database, "SELECT count(*) FROM notes"), 80);
}

TEST_F(DatabaseTest, ServesTwoProcesses) {
  constexpr int kProcesses = 3, kNotes = 30;
  std::vector<pid_t> children;
  for (int i = 0; i < kProcesses; ++i) {
    const pid_t child = ::fork();
    if (child == 0) {
      try {
        Database database(file_, kTwoSteps);
        for (int k = 0; k < kNotes; ++k) note(database, "from a child");
        ::_exit(0);
      } catch (const std::exception&) {
        ::_exit(1);
      }
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = -1;
    ::waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
  }
  EXPECT_EQ(number(Database(file_, kTwoSteps), "SELECT count(*) FROM notes"), kProcesses * kNotes);
}

TEST_F(DatabaseTest, SaysWhatToDoWhereItMayNotWrite) {
  constexpr const char* kAdvice = "cannot be written to: ";
  {
    const tests::ReadOnly folder(folder_.path());
    EXPECT_THAT(tests::refusal_of_stranger([&] { const Database database(file_); }), HasSubstr(kAdvice));
  }
  { const Database database(file_, kFirstStep); }
  {
    const tests::ReadOnly folder(folder_.path());
    const auto look = [&] { number(Database(file_, kFirstStep), "SELECT count(*) FROM notes"); };
    EXPECT_THAT(tests::refusal_of_stranger(look), HasSubstr(kAdvice));
  }
  std::filesystem::permissions(folder_.path(), std::filesystem::perms::all);
  const tests::ReadOnly file(file_);
  const auto writing = [&] {
    Database database(file_, kFirstStep);
    note(database, "new");
  };
  EXPECT_THAT(tests::refusal_of_stranger(writing), HasSubstr(kAdvice));
}

TEST_F(DatabaseTest, RefusesAPlaceBelowAFile) {
  std::ofstream(folder_ / "file") << "x";
  const auto refusal =
      tests::refusal(ErrorCode::kInvalidArgument, [&] { const Database database(folder_ / "file/fude.db"); });
  EXPECT_THAT(refusal, HasSubstr("file/fude.db' cannot be written to: "));
}

}  // namespace
}  // namespace fude::service
