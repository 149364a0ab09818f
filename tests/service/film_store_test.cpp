#include "service/film_store.h"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <string>

#include "core/error.h"
#include "tests/support/refusal.h"
#include "tests/support/temporary_folder.h"

namespace fude::service {
namespace {

std::vector<std::byte> film(std::size_t size, int value) { return std::vector<std::byte>(size, std::byte(value)); }

Picture picture(PictureId id, const std::string& fingerprint) {
  Picture picture;
  picture.id = id;
  picture.fingerprint = fingerprint;
  return picture;
}

TEST(FilmStore, GivesBackWhatItWasGiven) {
  const tests::TemporaryFolder folder;
  const Picture one = picture(7, "0123456789abcdef");
  FilmStore films(folder / "films");
  EXPECT_FALSE(films.has(one));
  tests::refusal(ErrorCode::kNotFound, [&] { films.read(one); });
  films.put(one, film(10, 1));
  films.put(one, film(10, 2));
  EXPECT_TRUE(films.has(one));
  EXPECT_EQ(films.read(one), film(10, 2));
  EXPECT_EQ(FilmStore(folder / "films").read(one), film(10, 2)) << "after a restart";
}

TEST(FilmStore, KnowsAPictureByItsFileWhateverItsNumber) {
  const tests::TemporaryFolder folder;
  FilmStore films(folder / "films");
  films.put(picture(7, "aaaa"), film(10, 1));
  EXPECT_FALSE(films.has(picture(7, "bbbb"))) << "the number of another picture after the database was made anew";
  EXPECT_EQ(films.read(picture(1, "aaaa")), film(10, 1));
  films.remove(picture(1, "aaaa"));
  films.remove(picture(1, "aaaa"));
  EXPECT_FALSE(films.has(picture(7, "aaaa")));
}

TEST(FilmStore, LetsTheOldestGoWhereThereIsNoRoom) {
  const tests::TemporaryFolder folder;
  FilmStore films(folder / "films", /*most_bytes=*/100);
  int age = 3;  // hours, whatever the clock's steps are
  for (const std::string name : {"c", "a", "b"}) {
    films.put(picture(1, name), film(40, 1));
    std::filesystem::last_write_time(folder / ("films/" + name + ".webp"),
                                     std::filesystem::file_time_type::clock::now() - std::chrono::hours(age--));
  }
  EXPECT_FALSE(films.has(picture(1, "c")));
  EXPECT_TRUE(films.has(picture(1, "a")));
  EXPECT_TRUE(films.has(picture(1, "b")));
}

}  // namespace
}  // namespace fude::service
