#include <SQLiteCpp/Database.h>

#include <cstddef>
#include <cstdint>
#include <string>

#include "service/gallery_rows.h"
#include "service/gallery_search.h"
#include "service/migrations.h"

namespace {

// A gallery of one picture, in memory.
SQLite::Database& gallery() {
  static SQLite::Database connection = [] {
    SQLite::Database fresh(":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    fresh.exec(std::string(fude::service::migrations().front()));
    fude::service::PictureRow row;
    row.picture.file = "a.png";
    row.picture.prompt = "red sky, 笑顔の少女";
    row.picture.created_at = 1;
    insert_row(fresh, row);
    return fresh;
  }();
  return connection;
}

}  // namespace

/// Whatever a user types is a search that the index can answer.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fude::service::PictureQuery query;
  query.text.assign(reinterpret_cast<const char*>(data), size);
  static_cast<void>(search_pictures(gallery(), query));
  query.order = fude::service::PictureQuery::Order::kRating;
  query.in_bin = true;
  static_cast<void>(search_pictures(gallery(), query));
  return 0;
}
