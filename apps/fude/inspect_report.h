#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "io/model_hashes.h"
#include "models/file_summary.h"

namespace fude::apps {

/// Everything `fude inspect` tells about one file.
struct Inspection {
  std::string file;    // the path as it was given
  std::string format;  // "safetensors"
  uint64_t byte_count = 0;
  models::FileSummary summary;
  io::ModelHashes hashes;
  std::string adapter_hash;  // AutoV3; empty for anything but an adapter
  std::map<std::string, std::string> metadata;
};

/// For people: lines of at most `width` columns (but hashes are never cut).
std::string text_report(const Inspection& inspection, int width);

/// For programs: one JSON object on one line, metadata complete.
std::string json_report(const Inspection& inspection);

}  // namespace fude::apps
