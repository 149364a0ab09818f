#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pipelines/infotext.h"

namespace fude::pipelines {

/// What a file's name may tell of a picture.
struct NamingFacts {
  Infotext infotext = {};  // of the picture: most tokens are read off it
  std::int64_t seed = -1;
  std::int64_t seed_first = -1, seed_last = -1;  // of the job
  int batch_size = 1;
  int batch_number = 1;       // in the batch, from 1
  int generation_number = 1;  // in the job, from 1
  int generation_count = 1;
  std::vector<std::string> styles = {};
  std::string prompt_without_styles = {};  // empty: the prompt is without
  std::string user = {};
  std::string base_name = {};              // "grid"; empty for pictures
  std::int64_t saved_at = 0;               // seconds since 1970 UTC
  std::int64_t job_started_at = 0;         // the same
  std::span<const std::byte> pixels = {};  // for [image_hash]
};

/// A pattern with its tokens ([seed], [prompt_words], [datetime<%H%M><Asia/Tokyo>], ..) replaced, by the web UI's rules
/// (docs/saving.md lists the tokens). A token that does not apply vanishes together with the text before it; an unknown
/// one stays. What comes of a token never holds a slash. Nothing that such a pattern may hold is an error.
std::string apply_name_pattern(std::string_view pattern, const NamingFacts& facts);

/// A token's value as part of a file name: of "#<>:\"/\\|?*" and control characters each becomes "_", white space at
/// the start and dots and spaces at the end go, 128 characters or 180 bytes stay.
std::string file_name_part(std::string_view text);

/// A relative path that stays where it is put: parts "..", "." and those that begin with a dot lose their dots, empty
/// ones go, and each is cut to 220 bytes between characters. "/" and "\" part folders.
std::string confined_path(std::string_view path);

}  // namespace fude::pipelines
