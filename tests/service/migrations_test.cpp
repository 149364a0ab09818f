#include "service/migrations.h"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <gtest/gtest.h>

#include "service/database.h"
#include "tests/support/temporary_folder.h"

namespace fude::service {
namespace {

std::string schema(const Database& database) {
  std::string result;
  database.read([&](SQLite::Database& connection) {
    SQLite::Statement query(connection, "SELECT sql FROM sqlite_schema ORDER BY name");
    while (query.executeStep()) result += query.getColumn(0).getString() + '\n';
  });
  return result;
}

TEST(Migrations, EveryVersionArrivesAtTheSameTables) {
  const tests::TemporaryFolder folder;
  const Database fresh(folder / "fresh.db");
  for (std::size_t version = 0; version <= migrations().size(); ++version) {
    const auto file = folder / (std::to_string(version) + ".db");
    { const Database old(file, migrations().first(version)); }
    EXPECT_EQ(schema(Database(file)), schema(fresh)) << "from version " << version;
  }
}

TEST(Migrations, SearchKnowsWordsOfEveryScript) {
  const tests::TemporaryFolder folder;
  Database database(folder / "fude.db");
  database.write([](SQLite::Database& connection) {
    connection.exec("INSERT INTO picture_words (rowid, prompt) VALUES (1, 'café 笑顔 \uE000key')");
  });
  database.read([](SQLite::Database& connection) {
    for (const char* word : {"cafe", "\"笑顔\"", "\"\uE000key\"", "\"笑\" *"}) {
      SQLite::Statement query(connection, "SELECT count(*) FROM picture_words WHERE picture_words MATCH ?");
      query.bind(1, word);
      ASSERT_TRUE(query.executeStep());
      EXPECT_EQ(query.getColumn(0).getInt(), 1) << word;
    }
  });
}

}  // namespace
}  // namespace fude::service
