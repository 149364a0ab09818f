#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace fude::training {

/// RGB rows from top to bottom, 3 bytes a pixel, `size` by `size`.
using Pixels = std::vector<std::uint8_t>;

/// Where a data set's pictures come from. All are square and of one size. Safe to use from many threads.
class PictureSource {
 public:
  virtual ~PictureSource() = default;

  virtual std::int64_t count() const = 0;
  virtual std::int64_t size() const = 0;  // pixels along one side

  /// Says what the pictures are, without their count: a cache made from another source is not used.
  virtual std::string identity() const = 0;

  /// Both for index in [0, count()). Tags in the order in which the source states them.
  virtual Pixels picture(std::int64_t index) const = 0;
  virtual std::vector<std::string> tags(std::int64_t index) const = 0;

  /// Every tag that can occur, sorted. Does not change when pictures are added to a painted set.
  virtual std::vector<std::string> all_tags() const = 0;
};

/// Pictures drawn when asked for by Fude's own painter: picture `index` of data set `seed`. Nothing is on disk.
std::unique_ptr<PictureSource> make_painter_source(std::uint64_t seed, std::int64_t count);

/// A folder of NAME.png with NAME.txt (comma-separated tags) as `fude paint` writes it, in the order of the names. At
/// most `count` pictures, all when it is 0. Throws Error: kNotFound (no such folder, a caption missing),
/// kInvalidArgument (no pictures).
std::unique_ptr<PictureSource> make_folder_source(const std::filesystem::path& folder, std::int64_t size,
                                                  std::int64_t count);

}  // namespace fude::training
