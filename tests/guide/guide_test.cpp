#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "tests/guide/guide_page.h"
#include "tests/support/temporary_folder.h"

// What docs/guide tells a beginner to type is typed here, in the order of the pages. FUDE names another program to run
// than that of this build; FUDE_GUIDE_KEEP a folder that keeps what the commands make, with the steps that they ask
// for: the guide's pictures come from there.
namespace fude::tests {
namespace {

namespace fs = std::filesystem;
using ::testing::IsEmpty;
using ::testing::Not;

const fs::path kSource = FUDE_SOURCE_DIR;
const fs::path kGuide = kSource / "docs" / "guide";
constexpr char kFewSteps[] = "2";
constexpr std::uintmax_t kMostPictureBytes = 1'000'000;

std::vector<std::string> chapters(const std::string& language) {
  std::vector<std::string> names;
  for (const fs::directory_entry& entry : fs::directory_iterator(kGuide / language))
    names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

GuidePage chapter(const std::string& language, const std::string& name) { return GuidePage(kGuide / language / name); }

std::vector<GuidePage> all_pages() {
  std::vector<GuidePage> pages{GuidePage(kGuide / "README.md"), GuidePage(kGuide / "README.ja.md")};
  for (const char* language : {"en", "ja"})
    for (const std::string& name : chapters(language)) pages.push_back(chapter(language, name));
  return pages;
}

std::string quoted(const fs::path& path) { return "'" + path.string() + "'"; }

/// A reader's folder: the program and the guide's pictures where the commands look for them, nothing else.
class Desk {
 public:
  Desk() {
    fs::create_directories(root() / "build");
    fs::create_symlink(kSource / "tests" / "guide" / "fude", root() / "build" / "fude");
    fs::create_directories(root() / "docs" / "guide");
    fs::create_directory_symlink(kGuide / "images", root() / "docs" / "guide" / "images");
  }
  fs::path root() const { return folder_.path(); }

  /// What another reader has made lies here, too.
  void take_from(const Desk& other) {
    fs::copy(other.root() / "practice", root() / "practice", fs::copy_options::recursive);
  }

  /// Types the commands of a page and looks for the files that the page names.
  void work_through(const GuidePage& page) const {
    for (const CodeBlock& block : page.commands())
      ASSERT_EQ(type(block.text), 0) << page.file() << " says:\n" << block.text << "\nwhich answers:\n" << said();
    for (const std::string& file : page.practice_files())
      EXPECT_TRUE(fs::exists(root() / file)) << page.file() << " names " << file;
  }

  void keep(const std::string& name) const {
    const char* kept = std::getenv("FUDE_GUIDE_KEEP");
    if (kept != nullptr) fs::copy(root() / "practice", fs::path(kept) / name, fs::copy_options::recursive);
  }

 private:
  TemporaryFolder folder_;

  int type(const std::string& text) const {
    std::ofstream(root() / "typed") << text;
    const char* other = std::getenv("FUDE");
    const bool is_quick = std::getenv("FUDE_GUIDE_KEEP") == nullptr;
    const std::string line =
        "cd " + quoted(root()) +
        " && env -u DISPLAY -u WAYLAND_DISPLAY -u WSL_DISTRO_NAME -u XDG_DATA_HOME HOME=. FUDE_PROGRAM=" +
        quoted(other != nullptr ? fs::absolute(other) : fs::path(FUDE_PROGRAM)) +
        (is_quick ? std::string(" FUDE_GUIDE_STEPS=") + kFewSteps : "") + " XDG_DATA_HOME=" + quoted(root() / "data") +
        " bash -e typed > said 2>&1 < /dev/null";
    const int status = std::system(line.c_str());
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

  std::string said() const {
    std::ifstream file(root() / "said");
    return {std::istreambuf_iterator<char>(file), {}};
  }
};

/// Every chapter has a desk of its own, on which lies what the first one makes.
class GuideChapters : public ::testing::TestWithParam<std::string> {
 protected:
  static void SetUpTestSuite() {
    first_ = std::make_unique<Desk>();
    first_->work_through(GuidePage(kGuide / "README.md"));
    first_->work_through(chapter("en", chapters("en").front()));
    first_->keep(chapters("en").front());
  }
  static void TearDownTestSuite() { first_.reset(); }

  static inline std::unique_ptr<Desk> first_;
};

TEST_P(GuideChapters, CommandsRunAndMakeWhatThePageNames) {
  const GuidePage page = chapter("en", GetParam());
  ASSERT_THAT(page.commands(), Not(IsEmpty()));
  if (GetParam() == chapters("en").front()) {
    EXPECT_TRUE(fs::exists(first_->root() / "practice" / "girl.png"));
    return;
  }
  Desk desk;
  ASSERT_NO_FATAL_FAILURE(desk.take_from(*first_));
  ASSERT_NO_FATAL_FAILURE(desk.work_through(page));
  desk.keep(GetParam());
}

INSTANTIATE_TEST_SUITE_P(InOrder, GuideChapters, ::testing::ValuesIn(chapters("en")), [](const auto& info) {
  std::string name = fs::path(info.param).stem().string();
  std::replace(name.begin(), name.end(), '-', '_');
  return "Chapter_" + name;
});

TEST(Guide, SaysTheSameCommandsInBothLanguages) {
  ASSERT_EQ(chapters("en"), chapters("ja"));
  EXPECT_EQ(GuidePage(kGuide / "README.md").blocks(), GuidePage(kGuide / "README.ja.md").blocks());
  for (const std::string& name : chapters("en"))
    EXPECT_EQ(chapter("en", name).blocks(), chapter("ja", name).blocks()) << name;
}

TEST(Guide, HasNoCommandThatIsNotRun) {
  for (const GuidePage& page : all_pages())
    for (const CodeBlock& block : page.blocks())
      EXPECT_TRUE(block.language == "sh" || block.text.find("build/fude") == std::string::npos) << page.file();
}

TEST(Guide, HasLinksThatLeadSomewhere) {
  for (const GuidePage& page : all_pages()) {
    for (const std::string& link : page.links()) {
      const std::size_t hash = link.find('#');
      const fs::path target = page.file().parent_path() / link.substr(0, hash);
      ASSERT_TRUE(fs::exists(target)) << page.file() << " names " << link;
      if (hash == std::string::npos) continue;
      EXPECT_TRUE(GuidePage(target).anchors().contains(link.substr(hash + 1))) << page.file() << " names " << link;
    }
  }
}

TEST(Guide, HasSmallPicturesThatAreAllShown) {
  std::set<std::string> shown;
  for (const GuidePage& page : all_pages())
    for (const std::string& link : page.links()) shown.insert(fs::path(link).filename().string());
  std::uintmax_t bytes = 0;
  for (const fs::directory_entry& entry : fs::directory_iterator(kGuide / "images")) {
    bytes += entry.file_size();
    EXPECT_TRUE(shown.contains(entry.path().filename().string())) << entry.path() << " is on no page";
  }
  EXPECT_LE(bytes, kMostPictureBytes);
}

}  // namespace
}  // namespace fude::tests
