#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace fude::prompt {

/// One of the texts that are drawn together.
struct WeightedText {
  std::string text;
  double weight = 1.0;  // factor on its share of the guidance

  bool operator==(const WeightedText&) const = default;
};

/// Splits a prompt at the word AND; each part may end in ":weight". White space before the weight or the end of a part
/// is dropped, white space at its start stays. At least one part. Source: web UI 1.10; the idea is Liu et al. 2022
/// (arXiv:2206.01714).
std::vector<WeightedText> split_composition(std::string_view text);

}  // namespace fude::prompt
