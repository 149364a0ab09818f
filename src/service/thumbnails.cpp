#include "service/thumbnails.h"

#include <algorithm>
#include <system_error>
#include <utility>

#include "core/error.h"
#include "core/platform/atomic_file.h"
#include "core/platform/mapped_file.h"
#include "io/images/picture_decoder.h"
#include "io/images/shrink.h"
#include "io/images/webp_file.h"

namespace fude::service {
namespace {

struct KeptFile {
  std::filesystem::path path;
  std::uint64_t bytes = 0;
  std::filesystem::file_time_type made;
};

std::vector<KeptFile> kept_files(const std::filesystem::path& folder) {
  std::vector<KeptFile> files;
  std::error_code failure;
  for (std::filesystem::directory_iterator entry(folder, failure), end; !failure && entry != end;
       entry.increment(failure)) {
    std::error_code ignored;
    const std::uint64_t bytes = entry->file_size(ignored);
    if (!ignored) files.push_back({entry->path(), bytes, entry->last_write_time(ignored)});
  }
  return files;
}

io::Image fitted(const io::Image& image, int side) {
  const int longer = std::max(image.width, image.height);
  if (longer <= side) return image;
  const auto scaled = [&](int length) {
    return std::max(1, static_cast<int>((static_cast<std::int64_t>(length) * side + longer / 2) / longer));
  };
  return io::shrink(image, scaled(image.width), scaled(image.height));
}

std::vector<std::byte> content(const std::filesystem::path& file) {
  const auto mapped = platform::MappedFile::open(file);
  return {mapped->bytes().begin(), mapped->bytes().end()};
}

// Gives a place among the makers back, whatever happens.
class Turn {
 public:
  explicit Turn(std::counting_semaphore<2>& makers) : makers_(makers) { makers_.acquire(); }
  ~Turn() { makers_.release(); }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

 private:
  std::counting_semaphore<2>& makers_;
};

}  // namespace

Thumbnails::Thumbnails(std::filesystem::path folder, std::uint64_t most_bytes)
    : folder_(std::move(folder)), most_bytes_(most_bytes) {}

std::vector<std::byte> Thumbnails::get(const Picture& picture, const std::filesystem::path& file, int side) const {
  if (side < kSmallest || side > kLargest) {
    fail(ErrorCode::kInvalidArgument, "thumbnail's side is {}, expected {} to {} pixels", side, kSmallest, kLargest);
  }
  const int rounded_side = (side + 63) / 64 * 64;
  const std::filesystem::path kept = folder_ / fmt::format("{}-{}.webp", picture.fingerprint, rounded_side);
  try {
    return content(kept);
  } catch (const Error&) {  // not made yet, or just pruned
  }
  const Turn turn(makers_);
  const auto bytes = platform::MappedFile::open(file);
  const std::vector<std::byte> made =
      io::encode_webp(fitted(io::decode_picture(bytes->bytes(), picture.file), rounded_side));
  keep(kept, made);
  return made;
}

// A full disk is no reason to show no picture.
void Thumbnails::keep(const std::filesystem::path& file, const std::vector<std::byte>& bytes) const {
  try {
    std::error_code ignored;
    std::filesystem::create_directories(folder_, ignored);
    platform::AtomicFile target(file);
    target.write(bytes);
    target.commit();
  } catch (const Error&) {
    return;
  }
  const std::lock_guard guard(lock_);
  if (!is_counted_) {
    for (const KeptFile& kept : kept_files(folder_)) bytes_ += kept.bytes;
    is_counted_ = true;
  } else {
    bytes_ += bytes.size();
  }
  if (bytes_ > most_bytes_) prune();
}

void Thumbnails::prune() const {
  std::vector<KeptFile> files = kept_files(folder_);
  std::ranges::sort(files, {}, &KeptFile::made);
  bytes_ = 0;
  for (const KeptFile& file : files) bytes_ += file.bytes;
  const std::uint64_t wanted = most_bytes_ / 10 * 8;  // not one by one from now on
  for (const KeptFile& file : files) {
    if (bytes_ <= wanted) break;
    std::error_code failure;
    if (std::filesystem::remove(file.path, failure)) bytes_ -= file.bytes;
  }
}

}  // namespace fude::service
