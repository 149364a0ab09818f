#pragma once

#include <cstdint>
#include <random>

#include "pipelines/generation_request.h"

namespace fude::pipelines::comparison {

/// Where the seeds of -1 of many requests come from. The same start gives the same seeds in the same order, so that a
/// plan that was interrupted can be laid out once more.
class SeedSource {
 public:
  explicit SeedSource(std::uint32_t start) : engine_(start) {}

  /// Another one every time.
  static SeedSource random() { return SeedSource(random_start()); }
  static std::uint32_t random_start();

  /// 0 .. 4294967293, as resolve_seeds() of generation_request.h draws them.
  std::int64_t draw();

  /// Replaces seeds of -1.
  void resolve(GenerationRequest& request);

 private:
  std::mt19937_64 engine_;
};

}  // namespace fude::pipelines::comparison
