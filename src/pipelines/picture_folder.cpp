#include "pipelines/picture_folder.h"

#include <algorithm>
#include <system_error>
#include <utility>

#include "core/ascii.h"
#include "core/error.h"
#include "core/nearest_name.h"
#include "pipelines/infotext.h"
#include "pipelines/infotext_request.h"
#include "pipelines/picture_preparation.h"
#include "pipelines/stored_text.h"

namespace fude::pipelines {
namespace {

namespace fs = std::filesystem;

// "a" before "b"; either may be empty.
std::string behind(const std::string& words, const std::string& more) {
  return words.empty() || more.empty() ? words + more : words + " " + more;
}

// The request; absent, and told, where the picture cannot be used.
std::optional<GenerationRequest> usable(const PictureFolder& folder, const GenerationRequest& base,
                                        const std::string& name, std::string& problem) {
  try {
    return folder.request_for(base, name);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::kOutOfResources) throw;
    problem = error.what();
    return std::nullopt;
  }
}

bool is_of_picture(const Error& error) {
  return error.code() == ErrorCode::kInvalidArgument || error.code() == ErrorCode::kCorruptFile;
}

}  // namespace

void check_reused(const std::vector<std::string>& words, std::string_view name) {
  for (const std::string& word : words) {
    if (std::ranges::find(kReusable, word) != kReusable.end()) continue;
    fail(ErrorCode::kInvalidArgument, "{} has '{}', expected prompt, negative, seed, cfg, sampler or steps{}", name,
         printable(word, 40), did_you_mean(word, kReusable));
  }
}

bool has_picture_name(const fs::path& path) {
  constexpr std::array<std::string_view, 4> kEndings{".png", ".jpg", ".jpeg", ".webp"};
  return !path.filename().string().starts_with('.') &&
         std::ranges::find(kEndings, ascii_lower(path.extension().string())) != kEndings.end();
}

std::vector<std::string> list_pictures(const fs::path& folder) {
  std::vector<std::string> names;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, error)) {
    std::error_code vanished;
    if (has_picture_name(entry.path()) && entry.is_regular_file(vanished)) {
      names.push_back(entry.path().filename().string());
    }
  }
  std::ranges::sort(names);
  return names;
}

std::vector<std::string> pictures_in(const fs::path& folder, std::string_view shown) {
  const std::string name = shown.empty() ? folder.string() : std::string(shown);
  std::error_code error;
  if (!fs::is_directory(folder, error)) fail(ErrorCode::kNotFound, "'{}' is no folder", printable(name));
  std::vector<std::string> names = list_pictures(folder);
  if (!names.empty()) return names;
  fail(ErrorCode::kNotFound, "folder '{}' has no pictures, expected PNG, JPEG or WebP files", printable(name));
}

PictureFolder::PictureFolder(FolderPlaces places, std::vector<std::string> names)
    : places_(std::move(places)), names_(std::move(names)) {
  check_reused(places_.reused, "reuse");
  if (!places_.masks.empty()) masks_ = pictures_in(places_.masks);
}

PictureFolder::PictureFolder(FolderPlaces places) : PictureFolder(places, pictures_in(places.pictures)) {}

std::optional<std::string> PictureFolder::mask_for(const std::string& name) const {
  if (masks_.size() == 1) return masks_.front();
  const fs::path stem = fs::path(name).stem();
  const auto found = std::ranges::find_if(masks_, [&](const fs::path& mask) { return mask.stem() == stem; });
  return found == masks_.end() ? std::nullopt : std::optional(*found);
}

bool PictureFolder::has_mask_for(const std::string& name) const { return masks_.empty() || mask_for(name); }

GenerationRequest PictureFolder::request_for(const GenerationRequest& base, const std::string& name) const {
  GenerationRequest request = base;
  request.sources.init_images = {read_picture_bytes(places_.pictures / name)};
  decode_source(request.sources.init_images.front(), name);  // what is wrong with it is told by its name
  if (const auto mask = mask_for(name)) request.sources.mask = read_picture_bytes(places_.masks / *mask);
  reuse_text(request, name);
  normalise(request);
  check_pictures(request);
  return request;
}

void PictureFolder::reuse_text(GenerationRequest& request, const std::string& name) const {
  if (places_.reused.empty()) return;
  const fs::path source = (places_.texts.empty() ? places_.pictures : places_.texts) / name;
  const GenerationRequest stored = request_from_infotext(parse_infotext(read_infotext_of(source))).request;
  for (const std::string& word : places_.reused) {
    if (word == "prompt") request.prompt = behind(request.prompt, stored.prompt);
    if (word == "negative") request.negative_prompt = behind(request.negative_prompt, stored.negative_prompt);
    if (word == "seed" && stored.seed != -1) request.seed = stored.seed;
    if (word == "cfg") request.cfg_scale = stored.cfg_scale;
    if (word == "sampler") request.sampler = stored.sampler;
    if (word == "sampler") request.scheduler = stored.scheduler;
    if (word == "steps") request.steps = stored.steps;
  }
}

void check_folder_request(GenerationRequest& base) {
  if (starts_from_picture(base)) {
    fail(ErrorCode::kInvalidArgument, "init_images are given beside a folder, expected one of them");
  }
  if (base.combinatorial) {
    fail(ErrorCode::kInvalidArgument,
         "combinatorial is on, expected off: all pictures of a folder have as many results");
  }
  SourcePictures sources = std::exchange(base.sources, {});
  normalise(base);
  base.sources = std::move(sources);
  if (base.sources.mask) decode_source(base.sources.mask, "mask");
}

FolderOutcome go_over(const PictureFolder& folder, const GenerationRequest& base, const FolderEvents& events) {
  FolderOutcome outcome;
  for (std::size_t place = 0; place < folder.names().size(); ++place) {
    if (events.is_done(place)) {
      ++outcome.done_before;
      continue;
    }
    const std::string& name = folder.names()[place];
    if (!folder.has_mask_for(name)) {
      ++outcome.without_mask;
      events.on_warning(fmt::format("'{}' has no mask and is passed over", printable(name)));
      continue;
    }
    std::string problem;
    if (const std::optional<GenerationRequest> request = usable(folder, base, name, problem)) {
      try {
        events.make(place, *request);
        ++outcome.made;
        continue;
      } catch (const Error& error) {
        if (!is_of_picture(error)) throw;
        problem = error.what();
      }
    }
    const bool names_itself = problem.starts_with(fmt::format("'{}'", printable(name)));
    outcome.failures.push_back(names_itself ? problem : fmt::format("'{}': {}", printable(name), problem));
    events.on_warning(outcome.failures.back());
  }
  return outcome;
}

}  // namespace fude::pipelines
