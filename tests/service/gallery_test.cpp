#include "service/gallery.h"

#include <SQLiteCpp/Statement.h>
#include <gmock/gmock.h>

#include <thread>

#include "service/picture_file.h"
#include "tests/service/gallery_fixture.h"
#include "tests/support/refusal.h"

namespace fude::service {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

TEST_F(GalleryTest, TakesInAFile) {
  const Picture picture = gallery_.add(draw("day/a.png", "red sky"), /*job=*/7, /*index=*/2);
  EXPECT_EQ(picture.file, "day/a.png");
  EXPECT_EQ(picture.job, 7);
  EXPECT_EQ(picture.index, 2);
  EXPECT_EQ(picture.prompt, "red sky");
  EXPECT_EQ(gallery_.find(picture.id), picture);
  EXPECT_EQ(gallery_.path_of(picture), std::filesystem::canonical(outputs_) / "day/a.png");
}

TEST_F(GalleryTest, TheSameFileIsTheSameRow) {
  const Picture first = gallery_.add(draw("a.png", "one"), 7, 2);
  const Picture again = add("a.png", "two");
  EXPECT_EQ(again.id, first.id);
  EXPECT_EQ(again.job, 7);
  EXPECT_THAT(files("two"), ElementsAre("a.png"));
  EXPECT_THAT(files("one"), IsEmpty());
}

TEST_F(GalleryTest, ARowComesWithWhatIsDoneTogether) {
  const auto file = draw("a.png", "x");
  EXPECT_THROW(gallery_.add(file, 1, 0, [](SQLite::Database&, const Picture&) { throw std::runtime_error("no"); }),
               std::runtime_error);
  EXPECT_THAT(files(), IsEmpty());
  PictureId told = 0;
  const Picture picture = gallery_.add(file, 1, 0, [&](SQLite::Database& connection, const Picture& added) {
    told = added.id;
    EXPECT_EQ(connection.execAndGet("SELECT count(*) FROM pictures").getInt(), 1);
  });
  EXPECT_EQ(told, picture.id);
}

TEST_F(GalleryTest, RefusesFilesElsewhere) {
  write_file(folder_ / "other.png", picture_bytes(""));
  tests::refusal(ErrorCode::kInvalidArgument, [&] { gallery_.add(folder_ / "other.png"); });
  std::filesystem::create_symlink(folder_ / "other.png", outputs_ / "link.png");
  tests::refusal(ErrorCode::kInvalidArgument, [&] { gallery_.add(outputs_ / "link.png"); });
  tests::refusal(ErrorCode::kInvalidArgument, [&] { gallery_.add(outputs_ / "../other.png"); });
  tests::refusal(ErrorCode::kNotFound, [&] { gallery_.add(outputs_ / "none.png"); });
}

TEST_F(GalleryTest, LeadsNowhereElseWhenAFileBecomesALink) {
  const Picture picture = add("a.png", "x");
  write_file(folder_ / "secret", picture_bytes(""));
  std::filesystem::remove(outputs_ / "a.png");
  tests::refusal(ErrorCode::kNotFound, [&] { gallery_.path_of(picture); });
  std::filesystem::create_symlink(folder_ / "secret", outputs_ / "a.png");
  tests::refusal(ErrorCode::kNotFound, [&] { gallery_.path_of(picture); });
  tests::refusal(ErrorCode::kNotFound, [&] { gallery_.thumbnail(picture.id, 64); });
  tests::refusal(ErrorCode::kNotFound, [&] { gallery_.move_to_bin(picture.id); });
}

TEST_F(GalleryTest, ChangesTheSidecarAndTheRow) {
  const PictureId id = add("a.png", "x").id;
  const Picture changed = gallery_.change(id, {.rating = 4, .note = "好き", .tags = {{"blue sky", "Blue Sky", " "}}});
  EXPECT_EQ(changed.rating, 4);
  EXPECT_EQ(changed.note, "好き");
  EXPECT_THAT(changed.tags, ElementsAre("blue sky"));
  const Sidecar sidecar = read_sidecar(outputs_ / "a.png");
  EXPECT_EQ(sidecar.rating, 4);
  EXPECT_EQ(sidecar.note, "好き");
  EXPECT_EQ(sidecar.fingerprint, changed.fingerprint);

  const Picture again = gallery_.change(id, {.note = ""});
  EXPECT_EQ(again.rating, 4);
  EXPECT_EQ(again.note, "");
  EXPECT_THAT(again.tags, ElementsAre("blue sky"));
  EXPECT_THAT(files("tag:blue"), ElementsAre("a.png"));
  EXPECT_THAT(files("好き"), IsEmpty());
}

TEST_F(GalleryTest, RefusesChangesOutOfRange) {
  const PictureId id = add("a.png", "x").id;
  const auto refused = [&](const PictureChange& change) {
    tests::refusal(ErrorCode::kInvalidArgument, [&] { gallery_.change(id, change); });
  };
  refused({.rating = 6});
  refused({.rating = -1});
  refused({.note = std::string(10001, 'x')});
  refused({.tags = std::vector<std::string>(201, "x")});
  refused({.tags = {{std::string(201, 'x')}}});
  tests::refusal(ErrorCode::kNotFound, [&] { gallery_.change(id + 1, {}); });
}

TEST_F(GalleryTest, MovesToTheBinAndBack) {
  const PictureId id = add("day/a.png", "x").id;
  gallery_.change(id, {.rating = 3});
  const Picture deleted = gallery_.move_to_bin(id);
  EXPECT_EQ(deleted.file, ".bin/day/a.png");
  EXPECT_TRUE(deleted.deleted_at);
  EXPECT_FALSE(std::filesystem::exists(outputs_ / "day/a.png"));
  EXPECT_TRUE(std::filesystem::exists(outputs_ / ".bin/day/a.png.xmp"));
  EXPECT_THAT(files(), IsEmpty());
  PictureQuery bin;
  bin.in_bin = true;
  EXPECT_THAT(files(bin), ElementsAre(".bin/day/a.png"));
  EXPECT_EQ(gallery_.move_to_bin(id), deleted);

  const Picture back = gallery_.restore(id);
  EXPECT_EQ(back.file, "day/a.png");
  EXPECT_EQ(back.rating, 3);
  EXPECT_FALSE(back.deleted_at);
  EXPECT_TRUE(std::filesystem::exists(outputs_ / "day/a.png.xmp"));
  EXPECT_EQ(gallery_.restore(id), back);
}

TEST_F(GalleryTest, OverwritesNothingOnTheWay) {
  const PictureId first = add("a.png", "first").id;
  gallery_.move_to_bin(first);
  const PictureId second = add("a.png", "second").id;
  EXPECT_NE(second, first);
  EXPECT_EQ(gallery_.move_to_bin(second).file, ".bin/a (2).png");
  const PictureId third = add("a.png", "third").id;
  EXPECT_EQ(gallery_.restore(first).file, "a (2).png");
  EXPECT_EQ(gallery_.find(third)->file, "a.png");
  EXPECT_THAT(file_text(outputs_ / "a (2).png"), HasSubstr("first"));
}

TEST_F(GalleryTest, EmptiesTheBin) {
  const PictureId kept = add("a.png", "kept").id;
  const PictureId gone = add("b.png", "gone").id;
  gallery_.change(gone, {.rating = 1});
  gallery_.move_to_bin(gone);
  EXPECT_EQ(gallery_.empty_bin(), 1);
  EXPECT_FALSE(gallery_.find(gone));
  EXPECT_TRUE(gallery_.find(kept));
  EXPECT_FALSE(std::filesystem::exists(outputs_ / ".bin"));
  EXPECT_EQ(gallery_.empty_bin(), 0);
}

TEST_F(GalleryTest, TellsOfPicturesOfWhichNoCopyIsLeft) {
  add("a.png", "kept");
  const PictureId gone = add("c.png", "gone").id;
  std::filesystem::copy_file(outputs_ / "a.png", outputs_ / "b.png");
  std::filesystem::copy_file(outputs_ / "c.png", outputs_ / "d.png");
  gallery_.move_to_bin(gone);
  for (const char* name : {"b.png", "d.png"}) gallery_.move_to_bin(gallery_.add(outputs_ / name).id);
  std::vector<std::string> told;
  EXPECT_EQ(gallery_.empty_bin([&](const Picture& picture) { told.push_back(picture.file); }), 3);
  EXPECT_THAT(told, UnorderedElementsAre(".bin/c.png", ".bin/d.png")) << "a.png is as b.png was";
}

TEST_F(GalleryTest, FollowsNoBinThatIsALink) {
  const PictureId id = add("a.png", "x").id;
  std::filesystem::create_directory(folder_ / "elsewhere");
  write_file(folder_ / "elsewhere/b.png", picture_bytes(""));
  std::filesystem::create_directory_symlink(folder_ / "elsewhere", outputs_ / ".bin");
  tests::refusal(ErrorCode::kInvalidArgument, [&] { gallery_.move_to_bin(id); });
  gallery_.rescan();
  gallery_.empty_bin();
  EXPECT_TRUE(std::filesystem::exists(folder_ / "elsewhere/b.png"));
}

TEST_F(GalleryTest, CountsWhatPicturesHave) {
  add("a.png", "x <lora:ink:1>", "hajime");
  const PictureId second = add("b.png", "y <lora:ink:1>", "hajime").id;
  const PictureId third = add("c.png", "z", "other").id;
  gallery_.change(third, {.tags = {{"sky"}}});
  EXPECT_THAT(gallery_.facets().models, ElementsAre(NameCount{"hajime", 2}, NameCount{"other", 1}));
  EXPECT_THAT(gallery_.facets().adapters, ElementsAre(NameCount{"ink", 2}));
  EXPECT_THAT(gallery_.facets().tags, ElementsAre(NameCount{"sky", 1}));
  gallery_.move_to_bin(second);
  gallery_.move_to_bin(third);
  EXPECT_THAT(gallery_.facets().models, ElementsAre(NameCount{"hajime", 1}));
  EXPECT_THAT(gallery_.facets().tags, IsEmpty());
  gallery_.restore(second);
  EXPECT_THAT(gallery_.facets().adapters, ElementsAre(NameCount{"ink", 2}));
}

TEST_F(GalleryTest, MakesThumbnailsBesideTheOutputs) {
  const PictureId id = add("a.png", "x").id;
  EXPECT_FALSE(gallery_.thumbnail(id, 64).empty());
  EXPECT_TRUE(std::filesystem::exists(folder_ / "cache/thumbnails"));
  tests::refusal(ErrorCode::kNotFound, [&] { gallery_.thumbnail(id + 1, 64); });
}

TEST_F(GalleryTest, IsSearchedWhileItGrows) {
  std::vector<std::filesystem::path> drawn;
  for (int i = 0; i < 40; ++i) drawn.push_back(draw(std::to_string(i) + ".png", "sky"));
  std::thread writer([&] {
    for (const auto& file : drawn) gallery_.add(file);
  });
  std::size_t last = 0;
  while (last < drawn.size()) {
    const std::size_t found = files("sky").size();
    ASSERT_GE(found, last);
    last = found;
  }
  writer.join();
}

TEST_F(GalleryTest, IsWholeAgainAfterItsDatabaseWasDamaged) {
  const auto file = folder_ / "damaged.db";
  {
    Database database(file);
    Gallery gallery(database, outputs_);
    gallery.add(draw("a.png", "sky"), 3);
  }
  std::ofstream(file.string() + ".suspect") << "";
  {
    SQLite::Database damage(file, SQLite::OPEN_READWRITE);
    damage.exec("PRAGMA writable_schema = ON; UPDATE sqlite_schema SET rootpage = 4000 WHERE name = 'pictures_by_job'");
  }
  Database database(file);
  ASSERT_THAT(database.repair(), HasSubstr("was damaged"));
  Gallery gallery(database, outputs_);
  ASSERT_EQ(gallery.search({}).total, 1);
  EXPECT_EQ(gallery.search({}).pictures.front().job, 3);
  PictureQuery query;
  query.text = "sky";
  EXPECT_EQ(gallery.search(query).total, 1);
}

}  // namespace
}  // namespace fude::service
