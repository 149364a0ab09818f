#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace fude::io {

/// What the header says of one tensor; nothing is checked against the data yet.
struct HeaderEntry {
  std::string name;
  std::string type_name;
  std::vector<int64_t> shape;
  std::array<uint64_t, 2> data_offsets{};  // begin and end in the data part, in bytes
};

struct SafetensorsHeader {
  std::vector<HeaderEntry> entries;
  std::map<std::string, std::string> metadata;
};

/// Parses the JSON header of a .safetensors file. `file_name` is for messages.
/// Throws Error(kCorruptFile) on anything but the documented structure: bad JSON, duplicate or missing keys, numbers
/// that are negative, fractional or beyond an int64, names over 1024 bytes, more than 16 dimensions.
SafetensorsHeader parse_safetensors_header(std::string_view json, std::string_view file_name);

}  // namespace fude::io
