#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "pipelines/generation_request.h"

namespace fude::pipelines {

/// Where words come from beside the request.
struct WordFiles {
  std::filesystem::path wildcards;            // a folder, see prompt/wildcards.h
  std::vector<std::filesystem::path> styles;  // see prompt/styles.h

  /// A user's.
  static WordFiles of_data_dir(const std::filesystem::path& data_dir) {
    return {.wildcards = data_dir / "wildcards", .styles = {data_dir / "styles.csv"}};
  }
};

/// Jobs that are carried out one after the other: each with words of its own, which need no more expanding.
struct PictureJobs {
  std::vector<GenerationRequest> requests;  // at least one
  std::vector<std::string> warnings;        // what was not found, one line each

  int picture_count() const;
};

/// More pictures with words of their own are refused.
inline constexpr int kMostDrawnPictures = 10000;

/// What a request asks for once its words are expanded: styles are applied, comments dropped, and a template
/// (prompt/template_expansion.h) is drawn for every picture from the picture's own seed. Words that are no template
/// stay one job with the batches of the request; others are one picture a job, and keep the template.
/// With `combinatorial` there is a picture for every combination, batch_count times, seeds counting up.
/// The request must be normalised and its seeds resolved.
/// Throws Error: kNotFound (no such style), kInvalidArgument (words that grow too long, too many pictures),
/// kCorruptFile (a file of styles).
PictureJobs expand_words(GenerationRequest request, const WordFiles& files);

}  // namespace fude::pipelines
