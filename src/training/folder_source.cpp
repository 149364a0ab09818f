#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>

#include "core/error.h"
#include "io/images/png_file.h"
#include "training/painter/captions.h"
#include "training/picture_source.h"

namespace fude::training {
namespace {

namespace fs = std::filesystem;

std::string read_text(const fs::path& path) {
  std::ifstream file(path);
  if (!file) fail(ErrorCode::kNotFound, "caption '{}' is missing", printable(path.string()));
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::vector<fs::path> pictures_in(const fs::path& folder) {
  if (!fs::is_directory(folder)) fail(ErrorCode::kNotFound, "there is no folder '{}'", printable(folder.string()));
  std::vector<fs::path> pictures;
  for (const auto& item : fs::directory_iterator(folder))
    if (item.path().extension() == ".png") pictures.push_back(item.path());
  std::sort(pictures.begin(), pictures.end());
  if (pictures.empty())
    fail(ErrorCode::kInvalidArgument, "folder '{}' holds no .png pictures", printable(folder.string()));
  return pictures;
}

class FolderSource : public PictureSource {
 public:
  FolderSource(const fs::path& folder, std::int64_t size, std::int64_t count)
      : folder_(folder), size_(size), pictures_(pictures_in(folder)) {
    if (count > 0 && static_cast<std::size_t>(count) < pictures_.size())
      pictures_.resize(static_cast<std::size_t>(count));
    for (const fs::path& picture : pictures_)
      tags_.push_back(painter::split_tags(read_text(fs::path(picture).replace_extension(".txt"))));
  }

  std::int64_t count() const override { return static_cast<std::int64_t>(pictures_.size()); }
  std::int64_t size() const override { return size_; }
  std::string identity() const override { return fmt::format("folder {}", printable(folder_.string())); }

  Pixels picture(std::int64_t index) const override {
    const fs::path& path = pictures_[static_cast<std::size_t>(index)];
    io::Image image = io::read_png(path);
    if (image.width != size_ || image.height != size_ || image.channels != 3)
      fail(ErrorCode::kInvalidArgument, "picture '{}' has {}x{} pixels of {} channels, expected {}x{} of 3",
           printable(path.string()), image.width, image.height, image.channels, size_, size_);
    return std::move(image.pixels);
  }

  std::vector<std::string> tags(std::int64_t index) const override { return tags_[static_cast<std::size_t>(index)]; }

  std::vector<std::string> all_tags() const override {
    std::set<std::string> all;
    for (const auto& tags : tags_) all.insert(tags.begin(), tags.end());
    return {all.begin(), all.end()};
  }

 private:
  fs::path folder_;
  std::int64_t size_;
  std::vector<fs::path> pictures_;
  std::vector<std::vector<std::string>> tags_;
};

}  // namespace

std::unique_ptr<PictureSource> make_folder_source(const std::filesystem::path& folder, std::int64_t size,
                                                  std::int64_t count) {
  return std::make_unique<FolderSource>(folder, size, count);
}

}  // namespace fude::training
