#include "img2img_folder.h"

#include <cstdio>

#include "core/error.h"
#include "core/platform/atomic_file.h"
#include "core/platform/writing.h"
#include "pipelines/picture_folder.h"

namespace fude::apps {
namespace {

namespace fs = std::filesystem;
using pipelines::GenerationRequest;

// "cat.png", and of several pictures "cat-2.png" for the second.
fs::path result_path(const fs::path& folder, const fs::path& input, int index, const std::string& ending) {
  const std::string stem = input.stem().string();
  return folder / (index == 0 ? stem + ending : fmt::format("{}-{}{}", stem, index + 1, ending));
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

fs::path ImageToImageFolder::output_folder(const PictureMaker& maker) const {
  if (!maker.out()) {
    fail(ErrorCode::kInvalidArgument, "--input-dir is given without --out, expected a folder for the results");
  }
  platform::make_folder(*maker.out());
  if (fs::equivalent(*maker.out(), input_dir_)) {
    fail(ErrorCode::kInvalidArgument, "--out is the folder of --input-dir, expected another one");
  }
  return *maker.out();
}

void ImageToImageFolder::run(GenerationRequest request, PictureMaker& maker) const {
  pipelines::check_reused(reused_, "--reuse");
  const pipelines::PictureFolder pictures(
      {.pictures = input_dir_, .masks = mask_dir_, .texts = info_dir_, .reused = reused_});
  const fs::path folder = output_folder(maker);
  check_folder_request(request);

  const std::vector<std::string>& names = pictures.names();
  const int last = pipelines::picture_count(request) - 1;
  std::size_t reached = 0;
  const pipelines::FolderEvents events{
      .is_done = [&](std::size_t place) { return fs::exists(result_path(folder, names[place], last, maker.ending())); },
      .make =
          [&](std::size_t place, const GenerationRequest& wanted) {
            const PictureMaker::Save save = [&](const pipelines::FinishedPicture& picture,
                                                const pipelines::EncodedPicture& file) {
              const fs::path path = result_path(folder, names[place], picture.index, maker.ending());
              platform::AtomicFile target(path);
              target.write(file.bytes);
              target.commit();
              return path;
            };
            reached = place;
            maker.make(wanted, save, fmt::format("{}/{}", place + 1, names.size()));
          },
      .on_warning = [](const std::string& warning) { std::fprintf(stderr, "fude: warning: %s\n", warning.c_str()); }};
  const pipelines::FolderOutcome outcome = [&] {
    try {
      return go_over(pictures, request, events);
    } catch (const Error& error) {
      if (error.code() == ErrorCode::kCancelled) {
        std::fprintf(stderr, "fude: stopped at picture %zu of %zu; the same command goes on from there\n", reached + 1,
                     names.size());
      }
      throw;
    }
  }();
  if (outcome.done_before > 0) std::fprintf(stderr, "fude: %zu pictures were there already\n", outcome.done_before);
  if (!outcome.failures.empty()) {
    fail(ErrorCode::kCorruptFile, "{} of {} pictures could not be used, the first is {}", outcome.failures.size(),
         names.size(), outcome.failures.front());
  }
}

}  // namespace fude::apps
