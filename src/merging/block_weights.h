#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace fude::merging {

/// The parts of a model that a merge can weigh one by one: everything outside of the U-Net, the U-Net's input blocks,
/// its middle and its output blocks. Stable Diffusion 1 and 2 have 12 blocks on each side, SDXL has 9.
inline constexpr std::size_t kBase = 0;
inline constexpr std::size_t kMostBlocks = 26;

struct BlockLayout {
  std::size_t side = 12;  // blocks on one side

  std::size_t count() const { return 2 * side + 2; }  // with BASE and M00
};

/// The block of a checkpoint's tensor, an index below layout.count(): 0 is BASE, then IN00.., M00, OUT00... The time
/// embedding belongs to IN00, the layers after the last block to the last OUT.
std::size_t block_of(std::string_view tensor_name, BlockLayout layout);

/// "BASE", "IN03", "M00", "OUT11".
std::string block_name(std::size_t block, BlockLayout layout);

/// A weight for each block.
class BlockWeights {
 public:
  /// The same weight everywhere.
  explicit BlockWeights(double everywhere = 0, BlockLayout layout = {});

  /// Numbers separated by commas, BASE first or without BASE, for which `base` is taken then: 26 or 25 for 12 blocks a
  /// side, 20 or 19 for 9; 26 and 25 are taken for 9 as well, without what is not there. Or the name of a preset, which
  /// says nothing about BASE. Throws Error(kInvalidArgument).
  static BlockWeights parse(std::string_view text, double base, BlockLayout layout);

  /// "IN03=0.5", "IN00-IN05=0.2", "OUT=1" (all of them), "NOT M00=0" (all but), several separated by commas on the
  /// left: "IN00-IN02,OUT11=0.3". Throws Error(kInvalidArgument).
  void assign(std::string_view text);

  double operator[](std::size_t block) const { return weights_.at(block); }
  BlockLayout layout() const { return layout_; }
  bool is_uniform() const;

  /// "0.5" or the list with BASE, as parse() reads it.
  std::string text() const;

 private:
  BlockLayout layout_;
  std::vector<double> weights_;  // by block
};

/// Names of the presets, in the order in which they are usually shown.
std::vector<std::string_view> preset_names();

}  // namespace fude::merging
