#include "service/picture_zip.h"

#include <gmock/gmock.h>
#include <zip.h>

#include <fstream>
#include <map>

#include "tests/support/refusal.h"
#include "tests/support/temporary_folder.h"

namespace fude::service {
namespace {

using testing::ElementsAre;
using testing::Pair;

// By the same library's reader: names and bytes.
std::map<std::string, std::string> contents(const std::filesystem::path& path) {
  std::map<std::string, std::string> files;
  zip_t* archive = zip_open(path.c_str(), ZIP_RDONLY | ZIP_CHECKCONS, nullptr);
  EXPECT_NE(archive, nullptr);
  for (zip_int64_t i = 0; i < zip_get_num_entries(archive, 0); ++i) {
    zip_stat_t facts;
    zip_stat_index(archive, static_cast<zip_uint64_t>(i), 0, &facts);
    std::string bytes(facts.size, '\0');
    zip_file_t* file = zip_fopen_index(archive, static_cast<zip_uint64_t>(i), 0);
    EXPECT_EQ(zip_fread(file, bytes.data(), bytes.size()), static_cast<zip_int64_t>(bytes.size()));
    zip_fclose(file);
    EXPECT_EQ(facts.comp_method, ZIP_CM_STORE);
    files[facts.name] = bytes;
  }
  zip_discard(archive);
  return files;
}

class PictureZip : public testing::Test {
 protected:
  PictureZip() {
    std::ofstream(folder_ / "a.png") << "the bytes of a";
    std::ofstream(folder_ / "b.png") << std::string(100'000, 'b');
  }
  std::vector<ZipEntry> entries() const {
    return {{.file = folder_ / "a.png", .name = "a.png"}, {.file = folder_ / "b.png", .name = "笑顔.png"}};
  }
  tests::TemporaryFolder folder_;
};

TEST_F(PictureZip, HoldsTheFilesAsTheyAre) {
  const auto path = write_zip(folder_ / "out", "pictures", entries());
  EXPECT_EQ(path, folder_ / "out/pictures.zip");
  EXPECT_THAT(contents(path),
              ElementsAre(Pair("a.png", "the bytes of a"), Pair("笑顔.png", std::string(100'000, 'b'))));
}

TEST_F(PictureZip, NeverReplacesAnother) {
  const auto first = write_zip(folder_ / "out", "pictures", entries());
  const auto second = write_zip(folder_ / "out", "pictures", std::vector<ZipEntry>{entries().front()});
  EXPECT_EQ(second, folder_ / "out/pictures-1.zip");
  EXPECT_EQ(contents(first).size(), 2u);
  EXPECT_EQ(contents(second).size(), 1u);
}

TEST_F(PictureZip, LeavesNothingWhenAFileIsGone) {
  std::vector<ZipEntry> wrong = entries();
  wrong.back().file = folder_ / "gone.png";
  tests::refusal(ErrorCode::kNotFound, [&] { write_zip(folder_ / "out", "pictures", wrong); });
  EXPECT_TRUE(std::filesystem::is_empty(folder_ / "out"));
}

TEST_F(PictureZip, RefusesAFolderThatIsAFile) {
  tests::refusal(ErrorCode::kInvalidArgument, [&] { write_zip(folder_ / "a.png", "pictures", entries()); });
}

}  // namespace
}  // namespace fude::service
