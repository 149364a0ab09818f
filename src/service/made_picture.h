#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "service/ids.h"

namespace fude::service {

/// A picture of a job, as the caller gets it.
struct MadePicture {
  int index = 0;                      // in the job
  std::vector<std::byte> bytes = {};  // a picture's file with its text
  std::string infotext = {};          // of an enlarged picture: what was done to it
  std::int64_t seed = 0;
  std::int64_t subseed = 0;
  std::optional<PictureId> picture = {};  // absent: it was not saved
  /// Files of what goes behind it to programs: its mask, its mask composite.
  std::vector<std::vector<std::byte>> copies = {};
};

}  // namespace fude::service
