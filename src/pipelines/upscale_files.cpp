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
#include "io/images/picture_notes.h"
#include "io/images/png_text.h"
#include "pipelines/infotext.h"
#include "pipelines/stored_text.h"

namespace fude::pipelines {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kTextKey = "postprocessing";
constexpr std::string_view kParameters = "parameters";

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

// Whether a name looks like a picture's, and is no folder's.
bool is_one_file(const fs::path& out) {
  constexpr std::array<std::string_view, 9> kEndings{".png", ".jpg", ".jpeg", ".webp", ".gif",
                                                     ".bmp", ".tif", ".tiff", ".avif"};
  std::error_code unknown;
  const std::string ending = ascii_lower(out.extension().string());
  return std::ranges::find(kEndings, ending) != kEndings.end() && !fs::is_directory(out, unknown);
}

void require_ending(const fs::path& out, const std::string& ending) {
  const std::string found = ascii_lower(out.extension().string());
  const auto format = io::format_named(found);
  if (!format) {
    fail(ErrorCode::kInvalidArgument, "output '{}' ends in '{}', expected .png, .jpg, .webp or a folder",
         printable(out.string()), found);
  }
  if (format == io::format_named(ending)) return;
  fail(ErrorCode::kInvalidArgument, "output '{}' ends in '{}', expected '{}' as the format says",
       printable(out.string()), found, ending);
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

// Those it had, and what was done.
std::vector<io::PngText> texts_after(std::vector<io::PngText> texts, const std::string& done) {
  if (done.empty()) return texts;
  std::erase_if(texts, [](const io::PngText& text) { return text.keyword == kTextKey; });
  texts.push_back({.keyword = std::string(kTextKey), .text = done});
  return texts;
}

// Of the one text that JPEG and WebP have.
std::string with_pairs(const std::string& infotext, const std::string& done) {
  if (infotext.empty() || done.empty()) return infotext + done;
  const bool has_pairs = parse_infotext(infotext).find("Steps") != nullptr;
  return infotext + (has_pairs ? ", " : "\n") + done;
}

io::PictureNotes notes_after(std::span<const std::byte> before, const std::string& done, io::PictureFormat format) {
  io::PictureNotes notes = io::picture_notes(before);
  if (format == io::PictureFormat::kPng) {
    notes.texts = texts_after(std::move(notes.texts), done);
    return notes;
  }
  const std::string infotext = read_stored_text(before, "image").infotext.value_or("");
  notes.exif.clear();  // it would stand in the text's place
  notes.texts = {{.keyword = std::string(kParameters), .text = with_pairs(infotext, done)}};
  return notes;
}

}  // namespace

std::vector<UpscaleJob> plan_upscale_jobs(const UpscalePlaces& places) {
  std::vector<fs::path> pictures;
  for (const fs::path& source : places.sources) add_pictures(source, pictures);
  const fs::path out = places.out.value_or(places.default_folder);
  const bool is_file = places.out && is_one_file(out);
  if (is_file) require_ending(out, places.ending);
  if (is_file && pictures.size() > 1) {
    fail(ErrorCode::kInvalidArgument, "output '{}' is one file, expected a folder for {} pictures",
         printable(out.string()), pictures.size());
  }
  const fs::path folder = is_file ? out.parent_path() : out;
  if (!folder.empty()) platform::make_folder(folder);
  std::vector<UpscaleJob> jobs;
  std::set<fs::path> taken;
  for (const fs::path& picture : pictures) {
    const fs::path plain = is_file ? out : out / (picture.stem().string() + places.suffix + places.ending);
    fs::path target = plain;
    for (int number = 1; !taken.insert(target).second; ++number) target = numbered(plain, number);
    jobs.push_back({.source = picture, .target = target});
    require_other_file(jobs.back());
  }
  return jobs;
}

EncodedPicture encode_upscaled(const io::Image& image, std::span<const std::byte> before, const std::string& done,
                               const SavingOptions& options) {
  io::PictureEncoding encoding = options.encoding;
  const auto notes = [&] {
    io::PictureNotes all = notes_after(before, done, encoding.format);
    if (!options.writes_infotext) all.texts.clear();
    return all;
  };
  if (!io::can_hold(encoding.format, image.width, image.height, notes())) encoding.format = io::PictureFormat::kPng;
  return {.bytes = io::encode_picture(image, encoding, notes()), .format = encoding.format};
}

fs::path run_upscale_job(const UpscaleJob& job, const SavingOptions& options,
                         const std::function<UpscaledPicture(const io::Image&)>& upscale) {
  EncodedPicture encoded;
  {
    const auto source = platform::MappedFile::open(job.source);
    const UpscaledPicture made = upscale(io::decode_picture(source->bytes(), job.source.string()));
    encoded = encode_upscaled(made.image, source->bytes(), made.text, options);
  }
  fs::path plain = job.target;
  if (encoded.format != options.encoding.format) plain.replace_extension(io::file_ending(encoded.format));
  platform::AtomicFile file(plain);
  file.write(encoded.bytes);
  fs::path target = plain;
  for (int number = 1; !file.commit_as_new(target); ++number) target = numbered(plain, number);
  return target;
}

}  // namespace fude::pipelines
