#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "service/ids.h"

namespace fude::service {

/// What runs.
struct RunningState {
  std::optional<JobId> job = {};  // absent: nothing runs
  std::string task = {};
  int picture = 0;  // of the job, from 0
  int pictures = 0;
  int step = 0;  // of the picture's batch, done
  int steps = 0;
  double share = 0;          // of the job, 0..1
  double seconds_left = -1;  // below 0: not known
  std::string stage = {};    // as Progressed has it
  Milliseconds started_at = 0;
  bool was_interrupted = false;  // it is on its way to its end
  bool was_skipped = false;
  std::uint64_t preview = 0;  // version; 0: there is none yet
};

/// A look at the unfinished picture.
struct Preview {
  std::vector<std::byte> bytes;
  std::string type;           // "image/png", "image/webp"
  std::uint64_t version = 0;  // rising
};

}  // namespace fude::service
