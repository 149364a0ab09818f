#include "service/kept_pictures.h"

#include <fmt/format.h>

#include <array>
#include <ctime>
#include <utility>

#include "core/error.h"
#include "core/platform/mapped_file.h"
#include "pipelines/file_name.h"
#include "pipelines/infotext.h"
#include "pipelines/output_files.h"
#include "service/gallery.h"
#include "service/keep_log.h"
#include "service/picture_zip.h"
#include "service/saving_settings.h"
#include "service/settings_store.h"

namespace fude::service {
namespace {

namespace fs = std::filesystem;

/// The columns that the web UI's file has.
const std::array<std::string, 11>& log_header() {
  static const std::array<std::string, 11> kHeader{"prompt",          "seed",          "width",        "height",
                                                   "sampler",         "cfgs",          "steps",        "filename",
                                                   "negative_prompt", "sd_model_name", "sd_model_hash"};
  return kHeader;
}

std::vector<Picture> chosen(const Gallery& gallery, std::span<const PictureId> ids) {
  if (ids.empty() || ids.size() > kMostKept) {
    fail(ErrorCode::kInvalidArgument, "{} pictures are to be saved, expected 1..{}", ids.size(), kMostKept);
  }
  std::vector<Picture> pictures;
  for (const PictureId id : ids) {
    const std::optional<Picture> picture = gallery.find(id);
    if (!picture) fail(ErrorCode::kNotFound, "there is no picture {}", id);
    pictures.push_back(*picture);
  }
  return pictures;
}

pipelines::NamingFacts facts_of(const Picture& picture) {
  return {.infotext = pipelines::parse_infotext(picture.infotext),
          .seed = picture.seed,
          .seed_first = picture.seed,
          .seed_last = picture.seed,
          .saved_at = std::time(nullptr),
          .job_started_at = picture.created_at / 1000};
}

fs::path copy(const Gallery& gallery, const Picture& picture, const fs::path& folder,
              const pipelines::SavingOptions& options) {
  const fs::path source = gallery.path_of(picture);
  const auto file = platform::MappedFile::open(source);
  return pipelines::save_new(folder,
                             {.stem = saving_name(options, facts_of(picture)),
                              .ending = source.extension().string(),
                              .is_numbered = options.is_numbered},
                             file->bytes());
}

void write_row(const fs::path& folder, const Picture& picture, const std::string& file) {
  const std::array<std::string, 11> row{picture.prompt,
                                        std::to_string(picture.seed),
                                        std::to_string(picture.width),
                                        std::to_string(picture.height),
                                        picture.sampler,
                                        fmt::format("{}", picture.cfg_scale),
                                        std::to_string(picture.steps),
                                        file,
                                        picture.negative_prompt,
                                        picture.model,
                                        picture.model_hash};
  append_csv_row(folder / "log.csv", log_header(), row);
}

std::string zip_stem(const SettingsStore& settings, const std::vector<Picture>& pictures) {
  pipelines::NamingFacts facts = facts_of(pictures.front());
  facts.seed_last = pictures.back().seed;
  facts.batch_size = static_cast<int>(pictures.size());  // of one picture there is no [seed_last]
  const std::string name =
      pipelines::confined_path(pipelines::apply_name_pattern(settings.text("grid_zip_filename_pattern"), facts));
  const std::string stem = fs::path(name).filename().string();
  return stem.empty() ? "pictures" : stem;
}

}  // namespace

fs::path keeping_folder(const SettingsStore& settings, const fs::path& data_dir) {
  const std::string folder = pipelines::confined_path(settings.text("outdir_save"));
  return data_dir / (folder.empty() ? "log/images" : folder);
}

KeptPictures keep_pictures(const Gallery& gallery, const SettingsStore& settings, const fs::path& data_dir,
                           std::span<const PictureId> ids, bool zips) {
  const std::vector<Picture> pictures = chosen(gallery, ids);
  pipelines::SavingOptions options = saving_options(settings);
  options.has_folders = false;
  KeptPictures kept{.folder = keeping_folder(settings, data_dir), .files = {}, .zip = {}};
  std::vector<ZipEntry> entries;
  for (const Picture& picture : pictures) {
    const fs::path file = copy(gallery, picture, kept.folder, options);
    kept.files.push_back(file.lexically_relative(kept.folder).generic_string());
    entries.push_back({.file = file, .name = kept.files.back()});
  }
  if (settings.truth("save_write_log_csv")) write_row(kept.folder, pictures.front(), kept.files.front());
  if (zips) kept.zip = write_zip(kept.folder, zip_stem(settings, pictures), entries).filename().string();
  return kept;
}

}  // namespace fude::service
