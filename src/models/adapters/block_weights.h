#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace fude::models {

/// One factor for each block of a U-Net and one for the text encoders ("BASE").
class BlockWeights {
 public:
  /// Reads "1,0.5,0,...": BASE first, then the blocks from the input to the output. 17 or 26 numbers for Stable
  /// Diffusion 1 and 2, 12 or 20 for SDXL: the shorter form names only the blocks with attention, and those it leaves
  /// out get 0. Also the name of a preset (ALL, NONE, INS, IND, INALL, MIDD, OUTD, OUTS, OUTALL). Nothing for anything
  /// else.
  static std::optional<BlockWeights> parse(std::string_view text);

  /// `block` as in ModuleTarget; 1 for what lies outside all blocks.
  double of(const std::string& block) const;

 private:
  std::map<std::string, double> weights_;
};

}  // namespace fude::models
