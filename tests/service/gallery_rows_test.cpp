#include "service/gallery_rows.h"

#include <gtest/gtest.h>

#include "tests/service/gallery_fixture.h"

namespace fude::service {
namespace {

PictureRow row_of(const std::string& file, std::int64_t created_at) {
  PictureRow row;
  row.picture.file = file;
  row.picture.fingerprint = "0123456789abcdef";
  row.picture.width = row.picture.height = 8;
  row.picture.created_at = created_at;
  row.picture.adapters = {"ink", "wash"};
  row.picture.note = std::string("nul\0", 4);
  return row;
}

TEST(GalleryRows, PlacesFollowTime) {
  EXPECT_LT(place_of(1000, 5, false), place_of(1000, 6, false));
  EXPECT_LT(place_of(1000, 1'000'000, false), place_of(1001, 1, false));
  EXPECT_EQ(place_of(1000, 5, true), -place_of(1000, 5, false));
  EXPECT_LE(first_place(1000), place_of(1000, 0, false));
  EXPECT_GT(place_of(-5, 0, false), 0);                     // before 1970
  EXPECT_GT(place_of(std::int64_t{1} << 60, 1, false), 0);  // a clock gone mad
}

TEST_F(GalleryTest, RowsComeBackAsWritten) {
  database_.write([](SQLite::Database& connection) {
    PictureRow row = row_of("a.png", 1000);
    insert_row(connection, row);
    EXPECT_EQ(row.picture.id, 1);
    EXPECT_EQ(find_row(connection, 1)->picture, row.picture);
    EXPECT_EQ(find_row_of_file(connection, "a.png")->place, row.place);
    EXPECT_FALSE(find_row(connection, 2));
  });
}

TEST_F(GalleryTest, RowsNeverShareAPlaceOrAnId) {
  database_.write([](SQLite::Database& connection) {
    PictureRow first = row_of("a.png", 1000), second = row_of("b.png", 1000);
    insert_row(connection, first);
    second.picture.id = first.picture.id + (1 << 20);
    insert_row(connection, second);
    EXPECT_NE(second.place, first.place);
    delete_row(connection, second);
    PictureRow third = row_of("c.png", 1000);
    insert_row(connection, third);
    EXPECT_GT(third.picture.id, second.picture.id);
  });
}

TEST_F(GalleryTest, IndexIsTheSameWhenMadeAgain) {
  add("a.png", "red sky");
  const PictureId binned = add("b.png", "blue sky").id;
  gallery_.move_to_bin(binned);
  database_.write(index_again);
  EXPECT_EQ(files("sky"), std::vector<std::string>{"a.png"});
  EXPECT_EQ(gallery_.facets().models, (std::vector<NameCount>{{"hajime", 1}}));
  database_.write([](SQLite::Database& connection) {  // FTS5 checks itself
    connection.exec("INSERT INTO picture_words (picture_words) VALUES ('integrity-check')");
  });
}

}  // namespace
}  // namespace fude::service
