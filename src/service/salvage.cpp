#include "service/salvage.h"

#include <SQLiteCpp/Exception.h>
#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sqlite3.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace fude::service {
namespace {

std::string as_name(std::string_view name) {
  std::string result = "\"";
  for (const char c : name) result += c == '"' ? std::string("\"\"") : std::string(1, c);
  return result + '"';
}

// Tables of our own in the order they were made, so that a row comes after those that it refers to.
std::vector<std::string> tables_of(SQLite::Database& connection) {
  std::vector<std::string> names;
  SQLite::Statement query(connection,
                          "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE "
                          "'\\' AND name NOT LIKE 'picture\\_%' ESCAPE '\\' ORDER BY rowid");
  while (query.executeStep()) names.push_back(query.getColumn(0).getString());
  return names;
}

std::vector<std::string> columns_of(SQLite::Database& connection, const std::string& table) {
  std::vector<std::string> names;
  SQLite::Statement query(connection, "SELECT name FROM pragma_table_info(?)");
  query.bind(1, table);
  while (query.executeStep()) names.push_back(as_name(query.getColumn(0).getString()));
  return names;
}

void bind_column(SQLite::Statement& target, int index, const SQLite::Column& column) {
  switch (column.getType()) {
    case SQLITE_INTEGER: target.bind(index, column.getInt64()); break;
    case SQLITE_FLOAT: target.bind(index, column.getDouble()); break;
    case SQLITE3_TEXT: target.bind(index, column.getString()); break;
    case SQLITE_BLOB: target.bind(index, column.getBlob(), column.getBytes()); break;
    default: target.bind(index);
  }
}

struct Copied {
  std::int64_t count = 0;
  bool is_whole = false;  // false: the reading broke off
};

// Rows by one way through the table, until it breaks off.
Copied copy_rows(SQLite::Database& fresh, SQLite::Database& damaged, const std::string& table,
                 const std::string& order) {
  std::vector<std::string> columns = columns_of(damaged, table);
  const std::vector<std::string> wanted = columns_of(fresh, table);
  std::erase_if(columns, [&](const std::string& name) { return std::ranges::find(wanted, name) == wanted.end(); });
  if (columns.empty()) return {.count = 0, .is_whole = true};
  const std::string list = fmt::format("{}", fmt::join(columns, ", "));
  SQLite::Statement source(damaged, fmt::format("SELECT {} FROM {} {}", list, as_name(table), order));
  const std::vector<std::string> marks(columns.size(), "?");
  SQLite::Statement target(
      fresh, fmt::format("INSERT OR IGNORE INTO {} ({}) VALUES ({})", as_name(table), list, fmt::join(marks, ", ")));
  Copied copied;
  try {
    while (source.executeStep()) {
      target.reset();
      for (int i = 0; i < static_cast<int>(columns.size()); ++i) bind_column(target, i + 1, source.getColumn(i));
      copied.count += target.exec();
    }
    copied.is_whole = true;
  } catch (const SQLite::Exception&) {
  }
  return copied;
}

// From the beginning towards the damage, then from the end towards it. Keys keep rows from coming twice.
std::int64_t copy_table(SQLite::Database& fresh, SQLite::Database& damaged, const std::string& table) {
  std::int64_t count = 0;
  for (const char* order : {"", "ORDER BY rowid DESC"}) {
    try {
      const Copied copied = copy_rows(fresh, damaged, table, order);
      count += copied.count;
      if (copied.is_whole) break;
    } catch (const SQLite::Exception&) {
    }
  }
  return count;
}

}  // namespace

std::int64_t salvage(SQLite::Database& fresh, const std::filesystem::path& damaged) {
  std::int64_t count = 0;
  fresh.exec("PRAGMA foreign_keys = OFF");  // a row whose partner is lost is still worth keeping
  try {
    SQLite::Database source(damaged, SQLite::OPEN_READWRITE);
    source.exec("PRAGMA writable_schema = ON");  // one bad line of the schema is no reason to lose the others
    SQLite::Transaction transaction(fresh);
    for (const std::string& table : tables_of(fresh)) count += copy_table(fresh, source, table);
    transaction.commit();
  } catch (const SQLite::Exception&) {
  }
  fresh.exec("PRAGMA foreign_keys = ON");
  return count;
}

}  // namespace fude::service
