#include "service/picture_store.h"

#include <gmock/gmock.h>

#include <fstream>

#include "io/images/png_file.h"
#include "tests/support/refusal.h"
#include "tests/support/temporary_folder.h"

namespace fude::service {
namespace {

class PictureStoreTest : public testing::Test {
 protected:
  PictureStoreTest() {
    queue_.submit({.request = "{}"});
    job_ = queue_.claim_next()->id;
  }

  static std::vector<std::byte> picture(std::uint8_t colour) {
    return io::encode_png({.width = 1, .height = 1, .channels = 3, .pixels = {colour, colour, colour}});
  }

  std::vector<std::string> files() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(outputs_)) {
      if (entry.is_regular_file()) names.push_back(entry.path().lexically_relative(outputs_).generic_string());
    }
    std::ranges::sort(names);
    return names;
  }

  tests::TemporaryFolder folder_;
  std::filesystem::path outputs_ = std::filesystem::canonical(folder_.path()) / "outputs";
  EventHub events_;
  Database database_{folder_ / "fude.db"};
  Gallery gallery_{database_, outputs_};
  JobQueue queue_{database_, events_};
  PictureStore store_{outputs_, gallery_, queue_};
  JobId job_ = 0;
};

TEST_F(PictureStoreTest, BringsAPictureIntoGalleryAndJob) {
  const std::vector<std::byte> bytes = picture(5);
  const PictureId id =
      store_.save({.job = job_, .index = 2, .name = {.stem = "77"}, .bytes = bytes}, "txt2img-images/today");
  EXPECT_THAT(files(), testing::ElementsAre("txt2img-images/today/00000-77.png"));
  const auto row = gallery_.find(id);
  ASSERT_TRUE(row);
  EXPECT_EQ(row->file, "txt2img-images/today/00000-77.png");
  EXPECT_EQ(row->job, job_);
  EXPECT_EQ(row->index, 2);
  EXPECT_THAT(queue_.find(job_).pictures, testing::ElementsAre(id));
  EXPECT_EQ(queue_.find(job_).pictures_done, 1);
}

TEST_F(PictureStoreTest, AdoptsAWholeFileThatDidNotReachTheGallery) {
  const std::vector<std::byte> bytes = picture(5);
  store_.save({.job = job_, .index = 0, .name = {.stem = "1"}, .bytes = bytes}, "f");
  JobPicture reserved = queue_.pictures_of(job_).front();
  reserved.index = 1;
  std::filesystem::copy_file(outputs_ / "f/00000-1.png", outputs_ / "f/00001-2.png");
  reserved.file = "f/00001-2.png";
  queue_.reserve_picture(reserved);
  const auto adopted = store_.adopt(reserved);
  ASSERT_TRUE(adopted);
  EXPECT_EQ(gallery_.find(*adopted)->file, "f/00001-2.png");
  EXPECT_EQ(store_.adopt(reserved), adopted) << "once more is the same row";
  EXPECT_EQ(queue_.find(job_).pictures_done, 2);
}

TEST_F(PictureStoreTest, LeavesAFileOfAnotherProgram) {
  std::filesystem::create_directories(outputs_ / "f");
  const std::vector<std::byte> other = picture(9);
  std::ofstream(outputs_ / "f/00000-1.png").write(reinterpret_cast<const char*>(other.data()), 70);
  EXPECT_FALSE(store_.adopt({.job = job_, .index = 0, .file = "f/00000-1.png", .digest = "0000"}));
  EXPECT_FALSE(store_.adopt({.job = job_, .index = 0, .file = "f/missing.png", .digest = "0000"}));
}

TEST_F(PictureStoreTest, ReservesNothingForAPictureThatCannotBeSaved) {
  std::ofstream(outputs_ / "blocked") << "a file where the folder should be";
  const std::vector<std::byte> bytes = picture(5);
  tests::refusal(ErrorCode::kInvalidArgument,
                 [&] { store_.save({.job = job_, .index = 0, .name = {.stem = "1"}, .bytes = bytes}, "blocked"); });
  EXPECT_TRUE(queue_.pictures_of(job_).empty());
}

}  // namespace
}  // namespace fude::service
