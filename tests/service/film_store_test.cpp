#include "service/film_store.h"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>

#include "core/error.h"
#include "tests/support/refusal.h"
#include "tests/support/temporary_folder.h"

namespace fude::service {
namespace {

std::vector<std::byte> film(std::size_t size, int value) { return std::vector<std::byte>(size, std::byte(value)); }

TEST(FilmStore, GivesBackWhatItWasGiven) {
  const tests::TemporaryFolder folder;
  FilmStore films(folder / "films");
  EXPECT_FALSE(films.has(7));
  tests::refusal(ErrorCode::kNotFound, [&] { films.read(7); });
  films.put(7, film(10, 1));
  films.put(7, film(10, 2));
  EXPECT_TRUE(films.has(7));
  EXPECT_EQ(films.read(7), film(10, 2));
  EXPECT_EQ(FilmStore(folder / "films").read(7), film(10, 2)) << "after a restart";
}

TEST(FilmStore, LetsTheOldestGoWhereThereIsNoRoom) {
  const tests::TemporaryFolder folder;
  FilmStore films(folder / "films", /*most_bytes=*/100);
  for (const PictureId picture : {3, 1, 2}) {
    films.put(picture, film(40, 1));
    // Whatever the clock's steps are.
    const auto age = std::chrono::hours(picture == 3 ? 3 : picture == 1 ? 2 : 1);
    std::filesystem::last_write_time(folder / ("films/" + std::to_string(picture) + ".webp"),
                                     std::filesystem::file_time_type::clock::now() - age);
  }
  EXPECT_FALSE(films.has(3));
  EXPECT_TRUE(films.has(1));
  EXPECT_TRUE(films.has(2));
}

}  // namespace
}  // namespace fude::service
