#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace fude {

/// SHA-256 (FIPS 180-4) of bytes that arrive in pieces.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;

  void update(std::span<const std::byte> bytes);

  /// The digest of all bytes so far as 64 lower-case hexadecimal digits. Call once, last.
  std::string finish();

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

/// Told how many bytes are hashed already: after every MiB and at the end. May throw Error(kCancelled).
using HashProgress = std::function<void(std::size_t done)>;

/// SHA-256 of bytes that are all there (a mapped file), as 64 lower-case hexadecimal digits.
std::string sha256_hex(std::span<const std::byte> bytes, const HashProgress& on_progress = {});

/// MD5 (RFC 1321) as 32 lower-case hexadecimal digits: for names that other programs give, not against an adversary.
std::string md5_hex(std::span<const std::byte> bytes);

/// FNV-1a, 64 bits (http://www.isthe.com/chongo/tech/comp/fnv/). For tables and seeds, not against an adversary.
uint64_t fnv1a64(std::string_view text);

}  // namespace fude
