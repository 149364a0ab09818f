#pragma once

#include <atomic>
#include <cstddef>

namespace fude::server {

/// Counts the bytes of the bodies that a server holds at the same time, over all connections. Safe in any thread.
class BodyMemory {
 public:
  /// Bytes of a body that are not counted: small requests come through however many large ones there are.
  static constexpr std::size_t kFree = std::size_t{64} << 10;

  /// `most`: bytes of all together.
  explicit BodyMemory(std::size_t most) : most_(most) {}

  /// What one body takes, until this is destroyed.
  class Share {
   public:
    explicit Share(BodyMemory& memory) : memory_(memory) {}
    ~Share() { memory_.taken_ -= taken_; }
    Share(const Share&) = delete;
    Share& operator=(const Share&) = delete;

    /// The body has so many bytes by now. False: there is no room for more of them, and nothing was taken.
    bool grow_to(std::size_t bytes);

   private:
    BodyMemory& memory_;
    std::size_t taken_ = 0;
  };

  std::size_t taken() const { return taken_; }

 private:
  const std::size_t most_;
  std::atomic<std::size_t> taken_ = 0;
};

}  // namespace fude::server
