#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace fude {

/// The seed hash of numpy.random.SeedSequence (after O'Neill 2015, "Developing a seed_seq alternative"), bit for bit.
/// It turns a seed and a path of numbers (the spawn key) into well-mixed words, so that neighbouring seeds and
/// neighbouring paths give unrelated streams.
class SeedSequence {
 public:
  /// `pool_size` is the number of 32-bit words mixed, at least 4 (else Error(kInvalidArgument)); numpy's default is 4.
  explicit SeedSequence(std::uint64_t entropy, std::span<const std::uint64_t> spawn_key = {},
                        std::size_t pool_size = 4);

  /// The first `count` words of the state; asking again gives the same words.
  std::vector<std::uint32_t> generate_state(std::size_t count) const;

 private:
  std::vector<std::uint32_t> pool_;
};

}  // namespace fude
