#include "core/random/seed_sequence.h"

#include "core/error.h"

namespace fude {
namespace {

constexpr std::uint32_t fold(std::uint32_t value) { return value ^ (value >> 16U); }

/// A hash of words whose constant moves on with every word.
class MovingHash {
 public:
  MovingHash(std::uint32_t constant, std::uint32_t multiplier) : constant_(constant), multiplier_(multiplier) {}

  std::uint32_t operator()(std::uint32_t value) {
    value ^= constant_;
    constant_ *= multiplier_;
    return fold(value * constant_);
  }

 private:
  std::uint32_t constant_;
  std::uint32_t multiplier_;
};

std::uint32_t mix(std::uint32_t left, std::uint32_t right) { return fold(0xCA01F9DDU * left - 0x4973F715U * right); }

/// Least significant word first; zero is one word.
void append_words(std::vector<std::uint32_t>& words, std::uint64_t number) {
  words.push_back(static_cast<std::uint32_t>(number));
  if (number >> 32U != 0) words.push_back(static_cast<std::uint32_t>(number >> 32U));
}

}  // namespace

SeedSequence::SeedSequence(std::uint64_t entropy, std::span<const std::uint64_t> spawn_key, std::size_t pool_size)
    : pool_(pool_size) {
  if (pool_size < 4) fail(ErrorCode::kInvalidArgument, "seed pool has {} words, expected at least 4", pool_size);
  std::vector<std::uint32_t> words;
  append_words(words, entropy);
  // A short seed is filled up before a spawn key, so that no spawn key can pass for a longer seed.
  if (!spawn_key.empty() && words.size() < pool_size) words.resize(pool_size, 0);
  for (const std::uint64_t number : spawn_key) append_words(words, number);

  MovingHash hash(0x43B0D7E5U, 0x931E8875U);
  for (std::size_t i = 0; i < pool_size; ++i) pool_[i] = hash(i < words.size() ? words[i] : 0);
  for (std::size_t source = 0; source < pool_size; ++source) {
    for (std::size_t target = 0; target < pool_size; ++target) {
      if (source != target) pool_[target] = mix(pool_[target], hash(pool_[source]));
    }
  }
  for (std::size_t source = pool_size; source < words.size(); ++source) {
    for (std::uint32_t& target : pool_) target = mix(target, hash(words[source]));
  }
}

std::vector<std::uint32_t> SeedSequence::generate_state(std::size_t count) const {
  MovingHash hash(0x8B51F9DDU, 0x58F38DEDU);
  std::vector<std::uint32_t> state(count);
  for (std::size_t i = 0; i < count; ++i) state[i] = hash(pool_[i % pool_.size()]);
  return state;
}

}  // namespace fude
