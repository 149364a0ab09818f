#pragma once

#include <functional>
#include <memory>
#include <string>

#include "core/hash.h"

namespace fude::io {

/// A file's hash that may be known only later: hashing a checkpoint takes as long as loading it, and nobody asks before
/// the picture is done. Copies share one computation. Safe to use from several threads.
class FileHash {
 public:
  /// (progress to report) -> the digits. A throw from the progress must pass through.
  using Compute = std::function<std::string(const HashProgress&)>;

  FileHash(std::string known = {});  // NOLINT(google-explicit-constructor): digits are a hash
  explicit FileHash(Compute compute);

  /// Computes in a thread of its own from now on, unless that has begun. The last copy to go gives it up.
  void begin() const;

  /// Waits, or computes if nobody has begun to. Throws what `compute` throws.
  const std::string& digits() const;

 private:
  class Work;
  std::shared_ptr<Work> work_;
};

}  // namespace fude::io
