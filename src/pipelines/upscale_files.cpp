#include "pipelines/upscale_files.h"

#include <algorithm>
#include <array>
#include <set>
#include <system_error>
#include <utility>

#include "core/ascii.h"
#include "core/error.h"
#include "core/platform/atomic_file.h"
#include "core/platform/mapped_file.h"
#include "core/platform/writing.h"
#include "io/images/picture_decoder.h"
#include "io/images/picture_format.h"
#include "io/images/png_file.h"

namespace fude::pipelines {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kTextKey = "postprocessing";
constexpr std::string_view kEnding = ".png";

bool is_picture(const fs::directory_entry& entry) {
  std::error_code unknown;
  return entry.is_regular_file(unknown) && io::format_named(entry.path().extension().string()).has_value();
}

void add_pictures(const fs::path& source, std::vector<fs::path>& pictures) {
  std::error_code unknown;
  if (!fs::exists(source, unknown))
    fail(ErrorCode::kNotFound, "picture '{}' does not exist", printable(source.string()));
  if (!fs::is_directory(source, unknown)) {
    pictures.push_back(source);
    return;
  }
  std::vector<fs::path> found;
  for (const fs::directory_entry& entry : fs::directory_iterator(source, unknown))
    if (is_picture(entry)) found.push_back(entry.path());
  if (found.empty()) fail(ErrorCode::kNotFound, "folder '{}' holds no pictures", printable(source.string()));
  std::sort(found.begin(), found.end());
  pictures.insert(pictures.end(), found.begin(), found.end());
}

bool is_one_file(const fs::path& out) {
  return ascii_lower(out.extension().string()) == kEnding && !fs::is_directory(out);
}

// A name that looks like a picture's was not meant for a folder.
void refuse_other_kind(const fs::path& out) {
  constexpr std::array<std::string_view, 8> kKinds{".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".avif"};
  const std::string ending = ascii_lower(out.extension().string());
  std::error_code unknown;
  if (std::ranges::find(kKinds, ending) == kKinds.end() || fs::is_directory(out, unknown)) return;
  fail(
      ErrorCode::kInvalidArgument,
      "output '{}' ends in '{}', expected .png or a folder: enlarged pictures are written as PNG, of which 'fude edit' "
      "makes other kinds",
      printable(out.string()), ending);
}

fs::path numbered(const fs::path& path, int number) {
  return path.parent_path() / fmt::format("{}-{}{}", path.stem().string(), number, path.extension().string());
}

void require_other_file(const UpscaleJob& job) {
  std::error_code unknown;
  if (!fs::equivalent(job.source, job.target, unknown)) return;
  fail(ErrorCode::kInvalidArgument,
       "picture '{}' would be replaced by its enlarged self, expected another folder or a "
       "suffix",
       printable(job.source.string()));
}

}  // namespace

std::vector<UpscaleJob> plan_upscale_jobs(const UpscalePlaces& places) {
  std::vector<fs::path> pictures;
  for (const fs::path& source : places.sources) add_pictures(source, pictures);
  const fs::path out = places.out.value_or(places.default_folder);
  const bool is_file = places.out && is_one_file(out);
  if (places.out && !is_file) refuse_other_kind(out);
  if (is_file && pictures.size() > 1) {
    fail(ErrorCode::kInvalidArgument, "output '{}' is one file, expected a folder for {} pictures",
         printable(out.string()), pictures.size());
  }
  const fs::path folder = is_file ? out.parent_path() : out;
  if (!folder.empty()) platform::make_folder(folder);
  std::vector<UpscaleJob> jobs;
  std::set<fs::path> taken;
  for (const fs::path& picture : pictures) {
    const fs::path plain = is_file ? out : out / (picture.stem().string() + places.suffix + std::string(kEnding));
    fs::path target = plain;
    for (int number = 1; !taken.insert(target).second; ++number) target = numbered(plain, number);
    jobs.push_back({.source = picture, .target = target});
    require_other_file(jobs.back());
  }
  return jobs;
}

std::vector<io::PngText> texts_after(std::span<const io::PngText> texts, const std::string& done) {
  std::vector<io::PngText> kept(texts.begin(), texts.end());
  if (done.empty()) return kept;
  std::erase_if(kept, [](const io::PngText& text) { return text.keyword == kTextKey; });
  kept.push_back({.keyword = std::string(kTextKey), .text = done});
  return kept;
}

fs::path run_upscale_job(const UpscaleJob& job, bool replaces,
                         const std::function<UpscaledPicture(const io::Image&)>& upscale) {
  std::vector<std::byte> bytes;
  {
    const auto file = platform::MappedFile::open(job.source);
    const UpscaledPicture made = upscale(io::decode_picture(file->bytes(), job.source.string()));
    const std::vector<io::PngText> texts =
        io::is_png(file->bytes()) ? io::read_png_texts(file->bytes()).texts : std::vector<io::PngText>{};
    bytes = io::encode_png(made.image, texts_after(texts, made.text));
  }
  platform::AtomicFile file(job.target);
  file.write(bytes);
  if (replaces) {
    file.commit();
    return job.target;
  }
  fs::path target = job.target;
  for (int number = 1; !file.commit_as_new(target); ++number) target = numbered(job.target, number);
  return target;
}

}  // namespace fude::pipelines
