#include "service/salvage.h"

#include <gtest/gtest.h>

#include <fstream>

#include "tests/support/temporary_folder.h"

namespace fude::service {
namespace {

class Salvage : public testing::Test {
 protected:
  tests::TemporaryFolder folder_;
  SQLite::Database fresh_{folder_ / "fresh.db", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE};

  void SetUp() override {
    fresh_.exec("CREATE TABLE jobs (id INTEGER PRIMARY KEY, request TEXT, added INTEGER DEFAULT 7)");
    fresh_.exec("CREATE TABLE parts (job INTEGER REFERENCES jobs (id), bytes BLOB)");
  }
  std::filesystem::path old_with(const std::string& statements) {
    SQLite::Database old(folder_ / "old.db", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    old.exec(statements);
    return folder_ / "old.db";
  }
};

TEST_F(Salvage, CopiesColumnsOfTheSameName) {
  const auto old = old_with(
      "CREATE TABLE jobs (request TEXT, id INTEGER PRIMARY KEY, gone TEXT);"
      "INSERT INTO jobs VALUES ('a', 3, 'x'), (NULL, 4, 'y')");
  EXPECT_EQ(salvage(fresh_, old), 2);
  EXPECT_EQ(fresh_.execAndGet("SELECT request FROM jobs WHERE id = 3 AND added = 7").getString(), "a");
}

TEST_F(Salvage, KeepsARowWhosePartnerIsLost) {
  const auto old = old_with("CREATE TABLE parts (job INTEGER, bytes BLOB); INSERT INTO parts VALUES (9, x'00FF')");
  EXPECT_EQ(salvage(fresh_, old), 1);
  EXPECT_EQ(fresh_.execAndGet("SELECT hex(bytes) FROM parts").getString(), "00FF");
  EXPECT_EQ(fresh_.execAndGet("PRAGMA foreign_keys").getInt(), 1);
}

TEST_F(Salvage, SavesNothingFromWhatIsNoDatabase) {
  std::ofstream(folder_ / "old.db") << std::string(10000, 'x');
  EXPECT_EQ(salvage(fresh_, folder_ / "old.db"), 0);
  EXPECT_EQ(salvage(fresh_, folder_ / "missing.db"), 0);
}

}  // namespace
}  // namespace fude::service
