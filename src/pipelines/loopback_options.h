#pragma once

#include <string>

namespace fude::pipelines {

/// How a picture is fed back.
struct Loopback {
  int loops = 4;                 // 1..32
  double final_strength = 0.5;   // the last loop's, 0..1
  std::string curve = "Linear";  // Aggressive (early), Linear, Lazy (late): the strength's way there

  bool operator==(const Loopback&) const = default;
};

}  // namespace fude::pipelines
