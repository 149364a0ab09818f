#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "pipelines/picture_saving.h"
#include "pipelines/upscale_picture.h"

namespace fude::pipelines {

/// A picture file to enlarge, and the file that it becomes.
struct UpscaleJob {
  std::filesystem::path source, target;
};

/// Where enlarged pictures go.
struct UpscalePlaces {
  std::vector<std::filesystem::path> sources;  // picture files, and folders whose pictures are meant, not those below
  std::optional<std::filesystem::path> out;    // a file for one picture, which ends in `ending`, or a folder
  std::filesystem::path default_folder;        // without `out`
  std::string suffix;                          // after a target's name: "-4x"
  std::string ending = ".png";                 // of targets
};

/// A job for every picture, those of folders by name. Targets have their sources' names; where two would have one name,
/// the later gets a number. Folders are made when they are missing. Throws Error: kNotFound (a source is not there, a
/// folder holds no picture), kInvalidArgument (several pictures for one file, a file of another ending, a target that
/// is its own source).
std::vector<UpscaleJob> plan_upscale_jobs(const UpscalePlaces& places);

/// The file of a picture that was made of the file `before`, with what that said of its making. What was `done` is told
/// under "postprocessing" in PNG, and at the end of the one text that the other formats have. What the format cannot
/// hold becomes PNG.
EncodedPicture encode_upscaled(const io::Image& image, std::span<const std::byte> before, const std::string& done,
                               const SavingOptions& options);

/// Reads a job's picture, enlarges it and writes it at once or not at all. A target that is there stays: the new
/// picture gets a number behind its name. Returns the file's path, which ends in .png where the picture became one.
std::filesystem::path run_upscale_job(const UpscaleJob& job, const SavingOptions& options,
                                      const std::function<UpscaledPicture(const io::Image&)>& upscale);

}  // namespace fude::pipelines
