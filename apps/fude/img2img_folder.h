#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <string>
#include <vector>

#include "picture_maker.h"
#include "pipelines/generation_request.h"

namespace fude::apps {

/// `fude img2img` over a folder: every picture in it becomes one of the same name in another folder. What is there
/// already is passed over, so that an interrupted run goes on where it was.
class ImageToImageFolder {
 public:
  /// Adds --input-dir, --mask-dir, --reuse and --info-dir. Must outlive `command`'s parsing.
  explicit ImageToImageFolder(CLI::App& command);

  bool is_asked_for() const { return !input_dir_.empty(); }

  /// Makes what is missing. Every picture has the request's seed. A picture that cannot be used is told and passed
  /// over. Throws Error: kInvalidArgument (no --out, it is the input's folder, an unknown word of --reuse), kNotFound
  /// (no such folder, no pictures in it), kCorruptFile at the end when some could not be used, kCancelled.
  void run(pipelines::GenerationRequest request, PictureMaker& maker) const;

 private:
  std::filesystem::path output_folder(const PictureMaker& maker) const;

  std::string input_dir_, mask_dir_, info_dir_;
  std::vector<std::string> reused_;
};

}  // namespace fude::apps
