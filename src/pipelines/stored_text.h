#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "io/images/png_text.h"

namespace fude::pipelines {

/// What a file says of a picture's making.
struct StoredText {
  bool is_picture = true;                    // false: a text file
  std::optional<std::string> infotext = {};  // UTF-8; absent: the picture carries none
  std::string program = {};  // whose words the infotext was put together from; empty: it stood there as it is
  std::vector<io::PngText> others = {};    // further texts of the picture
  std::vector<std::string> warnings = {};  // damage found on the way
};

/// Reads a PNG, JPEG or WebP picture, or a text file that holds such a text (at most 4 MiB). Of pictures by NovelAI,
/// ComfyUI and InvokeAI an infotext is made, with a warning that says what could not be taken over. Throws Error:
/// kNotFound; kCorruptFile for any other kind of file.
StoredText read_stored_text(const std::filesystem::path& path);

/// The same for bytes in memory; `name` is for messages.
StoredText read_stored_text(std::span<const std::byte> bytes, const std::string& name);

/// The infotext of such a file. Throws Error(kCorruptFile) when there is none, too.
std::string read_infotext_of(const std::filesystem::path& path);

}  // namespace fude::pipelines
