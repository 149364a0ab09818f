#include "core/hash.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <stdexcept>

namespace fude {
namespace {

// Small enough that Ctrl-C acts at once on a slow disk, too.
constexpr std::size_t kBytesBetweenReports = std::size_t{1} << 20;

void check(int openssl_result) {
  if (openssl_result != 1) throw std::runtime_error("OpenSSL cannot compute a digest");
}

std::string hex_of(std::span<const unsigned char> digest) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string hex;
  for (const unsigned char byte : digest) {
    hex += kDigits[byte >> 4];
    hex += kDigits[byte & 15];
  }
  return hex;
}

}  // namespace

struct Sha256::Context {
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> handle{EVP_MD_CTX_new(), EVP_MD_CTX_free};
};

Sha256::Sha256() : context_(std::make_unique<Context>()) {
  check(EVP_DigestInit_ex(context_->handle.get(), EVP_sha256(), nullptr));
}

Sha256::~Sha256() = default;

void Sha256::update(std::span<const std::byte> bytes) {
  check(EVP_DigestUpdate(context_->handle.get(), bytes.data(), bytes.size()));
}

std::string Sha256::finish() {
  std::array<unsigned char, 32> digest{};
  check(EVP_DigestFinal_ex(context_->handle.get(), digest.data(), nullptr));
  return hex_of(digest);
}

std::string sha256_hex(std::span<const std::byte> bytes, const HashProgress& on_progress) {
  Sha256 hash;
  for (std::size_t done = 0; done < bytes.size();) {
    const std::size_t count = std::min(kBytesBetweenReports, bytes.size() - done);
    hash.update(bytes.subspan(done, count));
    done += count;
    if (on_progress) on_progress(done);
  }
  return hash.finish();
}

std::string md5_hex(std::span<const std::byte> bytes) {
  std::array<unsigned char, 16> digest{};
  check(EVP_Digest(bytes.data(), bytes.size(), digest.data(), nullptr, EVP_md5(), nullptr));
  return hex_of(digest);
}

uint64_t fnv1a64(std::string_view text) {
  uint64_t hash = 0xCBF29CE484222325;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3;
  return hash;
}

}  // namespace fude
