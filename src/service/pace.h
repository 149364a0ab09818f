#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <string>

#include "pipelines/generation_request.h"

namespace fude::service {

/// How long pictures took lately, by model: for a guess before many of them are begun. Safe in any thread.
class Pace {
 public:
  /// A picture of this request (with its true size) was made: seconds for a step of its batch and to decode and save
  /// it. Values below 0 were not measured and are not noted.
  void note(const pipelines::GenerationRequest& request, double step_seconds, double picture_seconds);

  /// Seconds that requests will take in all, by what their model took, or the one used last; absent before anything was
  /// made.
  std::optional<double> seconds_for(std::span<const pipelines::GenerationRequest> requests) const;

 private:
  struct Measured {
    double step = 0;     // seconds for a step, a pixel of the batch
    double picture = 0;  // seconds, a pixel
  };

  mutable std::mutex mutex_;
  std::map<std::string, Measured> models_;
  std::string latest_;
};

}  // namespace fude::service
