#include "service/gallery_scan.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include "service/picture_file.h"
#include "tests/service/gallery_fixture.h"
#include "tests/support/refusal.h"

namespace fude::service {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class GalleryScan : public GalleryTest {
 protected:
  void expect_scan(std::int64_t seen, std::int64_t added, std::int64_t changed, std::int64_t removed,
                   std::int64_t unreadable = 0) {
    const ScanResult result = gallery_.rescan();
    EXPECT_EQ(result.seen, seen);
    EXPECT_EQ(result.added, added);
    EXPECT_EQ(result.changed, changed);
    EXPECT_EQ(result.removed, removed);
    EXPECT_EQ(result.unreadable, unreadable);
  }
  void rename(const std::string& from, const std::string& to) const {
    std::filesystem::create_directories((outputs_ / to).parent_path());
    std::filesystem::rename(outputs_ / from, outputs_ / to);
  }
  void rate(PictureId id, int stars) { gallery_.change(id, {.rating = stars, .note = "n", .tags = {{"t"}}}); }
};

TEST_F(GalleryScan, RebuildsEverythingFromFiles) {
  draw("b.png", "two");
  draw("day/a.png", "one");
  rate(gallery_.add(outputs_ / "day/a.png", 5).id, 4);
  draw(".bin/c.png", "three");
  Database fresh(folder_ / "fresh.db");
  Gallery rebuilt(fresh, outputs_);
  const ScanResult result = rebuilt.rescan();
  EXPECT_EQ(result.added, 3);
  const PicturePage page = rebuilt.search({});
  ASSERT_EQ(page.total, 2);
  EXPECT_EQ(page.pictures[0].file, "day/a.png");
  EXPECT_EQ(page.pictures[0].rating, 4);
  EXPECT_EQ(page.pictures[0].note, "n");
  EXPECT_THAT(page.pictures[0].tags, ElementsAre("t"));
  EXPECT_LT(page.pictures[1].id, page.pictures[0].id);  // ids grow with time
  EXPECT_EQ(rebuilt.search({.in_bin = true}).total, 1);
}

TEST_F(GalleryScan, ReadsOnlyWhatChanged) {
  add("a.png", "one");
  add("b.png", "two");
  expect_scan(2, 0, 0, 0);
  draw("b.png", "three");
  expect_scan(2, 0, 1, 0);
  EXPECT_THAT(files("three"), ElementsAre("b.png"));
  save_sidecar(outputs_ / "a.png", {.rating = 2});
  expect_scan(2, 0, 1, 0);
  EXPECT_THAT(files("rating:2"), ElementsAre("a.png"));
  std::filesystem::remove(outputs_ / "a.png");
  expect_scan(1, 0, 0, 1);
  EXPECT_THAT(files(), ElementsAre("b.png"));
  expect_scan(1, 0, 0, 0);
}

TEST_F(GalleryScan, KnowsAMovedPictureAgain) {
  const PictureId id = gallery_.add(draw("a.png", "one"), 9, 1).id;
  rate(id, 4);
  rename("a.png", "best/renamed.png");
  rename("a.png.xmp", "best/renamed.png.xmp");
  expect_scan(1, 0, 1, 0);
  const auto moved = gallery_.find(id);
  ASSERT_TRUE(moved);
  EXPECT_EQ(moved->file, "best/renamed.png");
  EXPECT_EQ(moved->rating, 4);
  EXPECT_EQ(moved->job, 9);
}

TEST_F(GalleryScan, BringsASidecarThatWasLeftBehind) {
  const PictureId id = add("a.png", "one").id;
  rate(id, 4);
  rename("a.png", "best/renamed.png");
  expect_scan(1, 0, 1, 0);
  EXPECT_EQ(gallery_.find(id)->rating, 4);
  EXPECT_TRUE(std::filesystem::exists(outputs_ / "best/renamed.png.xmp"));
  EXPECT_FALSE(std::filesystem::exists(outputs_ / "a.png.xmp"));

  rename("best/renamed.png", "again.png");  // and without any row that knew it
  Database fresh(folder_ / "fresh.db");
  Gallery rebuilt(fresh, outputs_);
  rebuilt.rescan();
  EXPECT_EQ(rebuilt.search({}).pictures.front().rating, 4);
}

TEST_F(GalleryScan, TakesACopyForAPictureOfItsOwn) {
  const PictureId id = add("a.png", "one").id;
  std::filesystem::copy_file(outputs_ / "a.png", outputs_ / "b.png");
  expect_scan(2, 1, 0, 0);
  EXPECT_EQ(gallery_.find(id)->file, "a.png");
}

TEST_F(GalleryScan, SeesWhatWasTakenOutOfTheBinByHand) {
  const PictureId id = add("a.png", "one").id;
  gallery_.move_to_bin(id);
  rename(".bin/a.png", "back.png");
  expect_scan(1, 0, 1, 0);
  EXPECT_THAT(files(), ElementsAre("back.png"));
  EXPECT_FALSE(gallery_.find(id)->deleted_at);
}

TEST_F(GalleryScan, PassesOverWhatIsNotItsOwn) {
  draw("a.png", "one");
  write_file(folder_ / "secret.png", picture_bytes(infotext("secret", 1)));
  std::filesystem::create_symlink(folder_ / "secret.png", outputs_ / "link.png");
  std::filesystem::create_directory(folder_ / "elsewhere");
  write_file(folder_ / "elsewhere/b.png", picture_bytes(""));
  std::filesystem::create_directory_symlink(folder_ / "elsewhere", outputs_ / "linked");
  write_file(outputs_ / ".trash/c.png", picture_bytes(""));
  write_file(outputs_ / "notes.txt", picture_bytes(""));
  std::filesystem::create_directory(outputs_ / "folder.png");
  ::mkfifo((outputs_ / "pipe.png").c_str(), 0600);
  expect_scan(1, 1, 0, 0);
}

TEST_F(GalleryScan, CountsWhatCannotBeRead) {
  const PictureId id = add("a.png", "one").id;
  write_file(outputs_ / "a.png", std::as_bytes(std::span("damaged", 7)));
  write_file(outputs_ / "empty.png", {});
  write_file(outputs_ / "bad\xFF.png", picture_bytes(""));
  expect_scan(2, 0, 0, 1, 3);
  EXPECT_FALSE(gallery_.find(id));
}

TEST_F(GalleryScan, TakesOddNamesAndTexts) {
  draw("line\nbreak.png", std::string("nul\0 \x1B[2J \xFF", 11) + std::string(100000, 'x'));
  draw("笑顔 100%'\".png", "");
  expect_scan(2, 2, 0, 0);
  EXPECT_EQ(files("file:笑顔").size(), 1u);
  EXPECT_EQ(files("nul").size(), 1u);
  expect_scan(2, 0, 0, 0);
}

TEST_F(GalleryScan, LeavesAloneWhatOthersDoMeanwhile) {
  const PictureId binned = add("a.png", "one").id;
  const PictureId rated = add("b.png", "two").id;
  PictureId made = 0;
  draw("a.png", "one again");
  draw("b.png", "two again");
  gallery_.rescan([&](std::int64_t done, std::int64_t) {
    if (done != 2) return;  // both are read, none is stored
    gallery_.move_to_bin(binned);
    gallery_.change(rated, {.rating = 4});
    made = add("c.png", "three").id;
  });
  EXPECT_THAT(files(), ElementsAre("c.png", "b.png"));
  EXPECT_EQ(gallery_.find(rated)->rating, 4);
  EXPECT_EQ(gallery_.find(rated)->prompt, "two again");
  EXPECT_EQ(gallery_.find(binned)->file, ".bin/a.png");
  EXPECT_TRUE(gallery_.find(made));
}

TEST_F(GalleryScan, StopsWhenAsked) {
  for (int i = 0; i < 5; ++i) draw(std::to_string(i) + ".png", "x");
  Cancellation cancellation;
  std::int64_t last = 0;
  const auto progress = [&](std::int64_t done, std::int64_t total) {
    EXPECT_EQ(total, 5);
    last = done;
    if (done == 3) cancellation.request();
  };
  tests::refusal(ErrorCode::kCancelled, [&] { gallery_.rescan(progress, cancellation); });
  EXPECT_EQ(last, 3);
  EXPECT_EQ(files().size(), 3u);  // what was done stays
  expect_scan(5, 2, 0, 0);
}

class GalleryScanOfMany : public GalleryScan {
 protected:
  GalleryScanOfMany() {
    for (std::size_t i = 0; i < kManyPictures; ++i) add(fmt::format("{}.png", i), "x");
  }
  std::string refused() {
    return tests::refusal(ErrorCode::kNotFound, [this] { gallery_.rescan(); });
  }
};

TEST_F(GalleryScanOfMany, KeepsTheRowsWhenTheFolderIsAway) {
  std::filesystem::rename(outputs_, folder_ / "away");
  EXPECT_THAT(refused(), HasSubstr("is its disk mounted?"));
  EXPECT_EQ(files().size(), kManyPictures);
  std::filesystem::rename(folder_ / "away", outputs_);
  expect_scan(kManyPictures, 0, 0, 0);
}

TEST_F(GalleryScanOfMany, KeepsTheRowsWhenTheFolderIsEmpty) {
  std::filesystem::rename(outputs_, folder_ / "away");
  std::filesystem::create_directory(outputs_);
  EXPECT_THAT(refused(), HasSubstr("none of the 10 pictures"));
  EXPECT_THAT(refused(), HasSubstr("fude gallery rescan --forget"));
  EXPECT_EQ(files().size(), kManyPictures);
}

TEST_F(GalleryScanOfMany, TakesInWhatIsNewThereNevertheless) {
  std::filesystem::rename(outputs_, folder_ / "away");
  draw("new.png", "y");
  refused();
  EXPECT_EQ(files().size(), kManyPictures + 1);
}

TEST_F(GalleryScanOfMany, ForgetsThemWhenAskedTo) {
  std::filesystem::remove_all(outputs_);
  std::filesystem::create_directory(outputs_);
  EXPECT_EQ(gallery_.rescan({}, {}, WhenAllGone::kForget).removed, static_cast<std::int64_t>(kManyPictures));
  EXPECT_THAT(files(), IsEmpty());
}

TEST_F(GalleryScanOfMany, FollowsThemAllToOtherNames) {
  for (std::size_t i = 0; i < kManyPictures; ++i) rename(fmt::format("{}.png", i), fmt::format("day/{}.png", i));
  expect_scan(kManyPictures, 0, kManyPictures, 0);
}

TEST_F(GalleryScanOfMany, RemovesAllButOneThatAreGone) {
  for (std::size_t i = 1; i < kManyPictures; ++i) std::filesystem::remove(outputs_ / fmt::format("{}.png", i));
  expect_scan(1, 0, 0, kManyPictures - 1);
}

TEST_F(GalleryScan, BearsFilesThatVanishMeanwhile) {
  for (const char* name : {"a.png", "b.png", "c.png"}) draw(name, name);
  const ScanResult result = gallery_.rescan([this](std::int64_t done, std::int64_t) {
    if (done == 1) std::filesystem::remove(outputs_ / "a.png");  // read already
    if (done == 1) std::filesystem::remove(outputs_ / "c.png");  // seen, but not read
  });
  EXPECT_EQ(result.added, 1);
  EXPECT_THAT(files(), ElementsAre("b.png"));
}

}  // namespace
}  // namespace fude::service
