#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "ops/cpu/peak_rate.h"
#include "pipelines/speed_measurement.h"

namespace fude::apps {

/// What 'fude bench' found out.
struct BenchReport {
  std::string device;                // the processor's name, or "cuda:0"
  std::string instruction_set = {};  // empty on a GPU
  int threads = 1;
  pipelines::GenerationRequest request = {};  // what was made
  pipelines::SpeedReport speed = {};
  std::optional<ops::cpu::PeakRate> peak = {};  // of products in that precision; absent where it cannot be measured
  std::uint64_t peak_memory = 0;                // bytes
};

/// At most 80 columns wide.
std::string bench_table(const BenchReport& report);
nlohmann::ordered_json bench_json(const BenchReport& report);

}  // namespace fude::apps
