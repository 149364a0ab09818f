#include "pipelines/picture_saving.h"

#include <algorithm>
#include <cmath>
#include <system_error>

#include "core/platform/atomic_file.h"
#include "io/images/png_file.h"
#include "io/images/resample.h"

namespace fude::pipelines {
namespace {

namespace fs = std::filesystem;

constexpr int kLongestSmallSide = 4000;
constexpr std::uintmax_t kMostSmallBytes = std::uintmax_t{4} << 20;

void write_file(const fs::path& path, std::span<const std::byte> bytes) {
  platform::AtomicFile file(path);
  file.write(bytes);
  file.commit();
}

bool is_oversized(const fs::path& picture, const io::Image& image) {
  std::error_code unknown;
  const std::uintmax_t size = fs::file_size(picture, unknown);
  return std::max(image.width, image.height) > kLongestSmallSide || (!unknown && size > kMostSmallBytes);
}

io::Image small_copy(const io::Image& image) {
  const int longest = std::max(image.width, image.height);
  if (longest <= kLongestSmallSide) return image;
  const auto shrunk = [&](int side) {
    return std::max(1, static_cast<int>(std::lround(static_cast<double>(side) * kLongestSmallSide / longest)));
  };
  return io::resample(image, shrunk(image.width), shrunk(image.height), io::ResampleFilter::kLanczos);
}

fs::path beside(const fs::path& picture, std::string_view ending) {
  return picture.parent_path() / (picture.stem().string() + std::string(ending));
}

}  // namespace

EncodedPicture encode_for_saving(const io::Image& image, const std::string& infotext, io::DigitalSource source,
                                 const SavingOptions& options) {
  io::PictureNotes notes;
  if (options.writes_infotext && !infotext.empty()) notes.texts.push_back({.keyword = "parameters", .text = infotext});
  if (options.writes_source) notes.xmp = io::source_packet(source);
  io::PictureEncoding encoding = options.encoding;
  if (!io::can_hold(encoding.format, image.width, image.height, notes)) encoding.format = io::PictureFormat::kPng;
  return {.bytes = io::encode_picture(image, encoding, notes), .format = encoding.format};
}

fs::path saving_folder(const SavingOptions& options, const NamingFacts& facts) {
  if (!options.has_folders) return {};
  const std::string& pattern = options.folder_pattern;
  return confined_path(apply_name_pattern(pattern.empty() ? "[date]" : pattern, facts));
}

std::string saving_name(const SavingOptions& options, const NamingFacts& facts, std::string_view suffix) {
  const std::string_view standard = options.has_folders ? "[seed]" : "[seed]-[prompt_spaces]";
  const std::string_view pattern = options.name_pattern.empty() ? standard : std::string_view(options.name_pattern);
  return confined_path(apply_name_pattern(pattern, facts)) + std::string(suffix);
}

std::vector<fs::path> write_companions(const fs::path& picture, const io::Image& image, const std::string& infotext,
                                       const SavingOptions& options) {
  std::vector<fs::path> written;
  if (options.writes_text_file && !infotext.empty()) {
    written.push_back(beside(picture, ".txt"));
    const std::string text = infotext + '\n';
    write_file(written.back(), std::as_bytes(std::span(text)));
  }
  if (options.writes_small_copy && is_oversized(picture, image)) {
    written.push_back(beside(picture, picture.extension() == ".jpg" ? "-small.jpg" : ".jpg"));
    SavingOptions as_jpeg = options;
    as_jpeg.encoding.format = io::PictureFormat::kJpeg;
    const io::DigitalSource source = io::DigitalSource::kUnsaid;
    write_file(written.back(), encode_for_saving(small_copy(image), infotext, source, as_jpeg).bytes);
  }
  return written;
}

EncodedPicture encode_copy(const PictureCopy& copy, const std::string& infotext, const SavingOptions& options) {
  SavingOptions as_kept = options;
  if (copy.image.channels == 4) as_kept.encoding.format = io::PictureFormat::kPng;
  return encode_for_saving(copy.image, infotext, copy.source, as_kept);
}

std::vector<fs::path> write_copies(const fs::path& picture, std::span<const PictureCopy> copies,
                                   const std::string& infotext, const SavingOptions& options) {
  std::vector<fs::path> written;
  for (const PictureCopy& copy : copies) {
    if (!copy.is_kept) continue;
    const EncodedPicture file = encode_copy(copy, infotext, options);
    written.push_back(beside(picture, std::string(copy.suffix) + std::string(io::file_ending(file.format))));
    write_file(written.back(), file.bytes);
  }
  return written;
}

fs::path write_init_picture(const fs::path& folder, const InitPicture& init) {
  const fs::path path = folder / (init.md5 + ".png");
  std::error_code unknown;
  fs::create_directories(folder, unknown);
  if (!fs::exists(path, unknown)) io::write_png(path, init.image);
  return path;
}

}  // namespace fude::pipelines
