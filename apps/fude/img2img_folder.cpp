#include "img2img_folder.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "core/ascii.h"
#include "core/error.h"
#include "core/nearest_name.h"
#include "core/platform/atomic_file.h"
#include "core/platform/mapped_file.h"
#include "pipelines/infotext.h"
#include "pipelines/infotext_request.h"
#include "pipelines/picture_preparation.h"
#include "pipelines/request_fields.h"
#include "pipelines/stored_text.h"

namespace fude::apps {
namespace {

namespace fs = std::filesystem;
using pipelines::GenerationRequest;

constexpr std::array<std::string_view, 6> kReusable{"prompt", "negative", "seed", "cfg", "sampler", "steps"};

bool is_picture_name(const fs::path& path) {
  constexpr std::array<std::string_view, 4> kEndings{".png", ".jpg", ".jpeg", ".webp"};
  return std::ranges::find(kEndings, ascii_lower(path.extension().string())) != kEndings.end();
}

// In the order of their names.
std::vector<fs::path> pictures_of(const std::string& folder) {
  if (!fs::is_directory(folder)) fail(ErrorCode::kNotFound, "'{}' is no folder", printable(folder));
  std::vector<fs::path> paths;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    if (entry.is_regular_file() && is_picture_name(entry.path())) paths.push_back(entry.path());
  }
  std::ranges::sort(paths);
  return paths;
}

std::vector<fs::path> some_pictures_of(const std::string& folder) {
  std::vector<fs::path> paths = pictures_of(folder);
  if (paths.empty()) fail(ErrorCode::kNotFound, "folder '{}' has no pictures, expected PNG files", printable(folder));
  return paths;
}

// "cat.png", and of several pictures "cat-2.png" for the second.
fs::path result_path(const fs::path& folder, const fs::path& input, int index, const std::string& ending) {
  const std::string stem = input.stem().string();
  return folder / (index == 0 ? stem + ending : fmt::format("{}-{}{}", stem, index + 1, ending));
}

pipelines::PictureBytes read_picture(const fs::path& path) {
  const auto file = platform::MappedFile::open(path);
  const auto bytes = file->bytes();
  return pipelines::picture_bytes({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

}  // namespace

ImageToImageFolder::ImageToImageFolder(CLI::App& command) {
  command
      .add_option("--input-dir", input_dir_,
                  "start from every picture of this folder, one after the other, with one seed for all; --out is a "
                  "folder, too, and what it has already is passed over")
      ->type_name("DIR");
  command
      .add_option("--mask-dir", mask_dir_,
                  "masks for --input-dir: one for all, or those of the same name; pictures without one are passed over")
      ->type_name("DIR");
  command
      .add_option("--reuse", reused_,
                  "take these from the text stored with each picture: prompt (behind the words given), negative, seed, "
                  "cfg, sampler, steps")
      ->type_name("WORD,..")
      ->delimiter(',')
      ->allow_extra_args(false);
  command.add_option("--info-dir", info_dir_, "read that text from the pictures of the same name in this folder")
      ->type_name("DIR");
}

std::optional<fs::path> ImageToImageFolder::mask_for(const Path& input) const {
  const std::vector<fs::path> masks = some_pictures_of(mask_dir_);
  if (masks.size() == 1) return masks.front();
  const auto found = std::ranges::find_if(masks, [&](const Path& mask) { return mask.stem() == input.stem(); });
  return found == masks.end() ? std::nullopt : std::optional(*found);
}

void ImageToImageFolder::reuse_text(GenerationRequest& request, const Path& input) const {
  if (reused_.empty()) return;
  const Path source = info_dir_.empty() ? input : Path(info_dir_) / input.filename();
  const GenerationRequest stored =
      pipelines::request_from_infotext(pipelines::parse_infotext(pipelines::read_infotext_of(source.string()))).request;
  for (const std::string& word : reused_) {
    if (word == "prompt") {
      request.prompt = request.prompt.empty() ? stored.prompt : request.prompt + " " + stored.prompt;
    }
    if (word == "negative") {
      request.negative_prompt = request.negative_prompt.empty()
                                    ? stored.negative_prompt
                                    : request.negative_prompt + " " + stored.negative_prompt;
    }
    if (word == "seed" && stored.seed != -1) request.seed = stored.seed;
    if (word == "cfg") request.cfg_scale = stored.cfg_scale;
    if (word == "sampler") request.sampler = stored.sampler;
    if (word == "sampler") request.scheduler = stored.scheduler;
    if (word == "steps") request.steps = stored.steps;
  }
}

GenerationRequest ImageToImageFolder::request_for(const GenerationRequest& base, const Path& input) const {
  GenerationRequest request = base;
  request.sources.init_images = {read_picture(input)};
  if (!mask_dir_.empty()) request.sources.mask = read_picture(*mask_for(input));
  reuse_text(request, input);
  normalise(request);
  pipelines::check_pictures(request);
  return request;
}

void ImageToImageFolder::run(GenerationRequest request, PictureMaker& maker) const {
  for (const std::string& word : reused_) {
    if (std::ranges::find(kReusable, word) != kReusable.end()) continue;
    fail(ErrorCode::kInvalidArgument, "--reuse has '{}', expected prompt, negative, seed, cfg, sampler or steps{}",
         printable(word, 40), did_you_mean(word, kReusable));
  }
  if (!maker.out())
    fail(ErrorCode::kInvalidArgument, "--input-dir is given without --out, expected a folder for the results");
  const fs::path folder = *maker.out();
  const std::vector<fs::path> inputs = some_pictures_of(input_dir_);
  std::error_code error;
  fs::create_directories(folder, error);
  if (!fs::is_directory(folder)) {
    fail(ErrorCode::kInvalidArgument, "folder '{}' cannot be made: {}", printable(folder.string()), error.message());
  }
  if (fs::equivalent(folder, input_dir_)) {
    fail(ErrorCode::kInvalidArgument, "--out is the folder of --input-dir, expected another one");
  }

  const int last = pipelines::picture_count(request) - 1;
  std::size_t place = 0, passed_over = 0;
  std::vector<std::string> failures;
  for (const fs::path& input : inputs) {
    ++place;
    if (fs::exists(result_path(folder, input, last, maker.ending()))) {
      ++passed_over;
      continue;
    }
    if (!mask_dir_.empty() && !mask_for(input)) {
      std::fprintf(stderr, "fude: warning: '%s' has no mask and is passed over\n", printable(input.string()).c_str());
      continue;
    }
    const PictureMaker::Save save = [&](const pipelines::FinishedPicture& picture,
                                        const pipelines::EncodedPicture& file) {
      const fs::path path = result_path(folder, input, picture.index, maker.ending());
      platform::AtomicFile target(path);
      target.write(file.bytes);
      target.commit();
      return path;
    };
    try {
      maker.make(request_for(request, input), save, fmt::format("{}/{}", place, inputs.size()));
    } catch (const Error& failure) {
      // What is wrong with one picture does not concern the others.
      const bool is_of_picture =
          failure.code() == ErrorCode::kInvalidArgument || failure.code() == ErrorCode::kCorruptFile;
      if (!is_of_picture || inputs.size() == 1) throw;
      failures.push_back(fmt::format("'{}': {}", printable(input.filename().string()), failure.what()));
      std::fprintf(stderr, "fude: warning: %s\n", failures.back().c_str());
    }
  }
  if (passed_over > 0) std::fprintf(stderr, "fude: %zu pictures were there already\n", passed_over);
  if (!failures.empty()) {
    fail(ErrorCode::kCorruptFile, "{} of {} pictures could not be used, the first is {}", failures.size(),
         inputs.size(), failures.front());
  }
}

}  // namespace fude::apps
