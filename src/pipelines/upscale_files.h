#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "io/images/png_text.h"
#include "pipelines/upscale_picture.h"

namespace fude::pipelines {

/// A picture file to enlarge, and the file that it becomes.
struct UpscaleJob {
  std::filesystem::path source, target;
};

/// Where enlarged pictures go.
struct UpscalePlaces {
  std::vector<std::filesystem::path> sources;  // picture files, and folders whose pictures are meant, not those below
  std::optional<std::filesystem::path> out;    // a .png file for one picture, or a folder
  std::filesystem::path default_folder;        // without `out`
  std::string suffix;                          // after a target's name: "-4x"
};

/// A job for every picture, those of folders by name. Targets have their sources' names and end in .png; where two
/// would have one name, the later gets a number. Folders are made when they are missing. Throws Error: kNotFound (a
/// source is not there, a folder holds no picture), kInvalidArgument (several pictures for one file, a target that is
/// its own source).
std::vector<UpscaleJob> plan_upscale_jobs(const UpscalePlaces& places);

/// The texts of an enlarged picture: those it had, and what was done under "postprocessing".
std::vector<io::PngText> texts_after(std::span<const io::PngText> texts, const std::string& done);

/// Reads a job's picture, enlarges it and writes it at once or not at all. A target that is there stays: the new
/// picture gets a number behind its name, unless `replaces`. Returns the file's path.
std::filesystem::path run_upscale_job(const UpscaleJob& job, bool replaces,
                                      const std::function<UpscaledPicture(const io::Image&)>& upscale);

}  // namespace fude::pipelines
