#include "io/model_hashes.h"

#include <algorithm>

#include "io/safetensors_reader.h"

namespace fude::io {
namespace {

constexpr std::size_t kAutoV1Offset = 0x100000;
constexpr std::size_t kAutoV1Bytes = 0x10000;
constexpr std::size_t kAutoV3Digits = 12;

/// A shorter file gives fewer bytes, or none, as reading past the end of a file does.
std::span<const std::byte> auto_v1_bytes(std::span<const std::byte> file) {
  const std::size_t begin = std::min(kAutoV1Offset, file.size());
  return file.subspan(begin, std::min(kAutoV1Bytes, file.size() - begin));
}

/// Metadata is anybody's text; only what can be a hash is taken for one. (LyCORIS writes "0x" before it.)
bool is_hexadecimal(std::string_view text) {
  return text.size() >= kAutoV3Digits &&
         text.substr(0, kAutoV3Digits).find_first_not_of("0123456789abcdefABCDEFx") == std::string_view::npos;
}

}  // namespace

ModelHashes model_hashes(const TensorFile& file, const HashProgress& on_progress) {
  ModelHashes hashes;
  hashes.sha256 = sha256_hex(file.bytes(), on_progress);
  hashes.auto_v1 = sha256_hex(auto_v1_bytes(file.bytes())).substr(0, 8);
  hashes.auto_v2 = hashes.sha256.substr(0, 10);
  return hashes;
}

std::string adapter_hash(const TensorFile& file, const HashProgress& on_progress) {
  const auto stored = file.metadata().find("sshs_model_hash");
  if (stored != file.metadata().end() && is_hexadecimal(stored->second)) return stored->second.substr(0, kAutoV3Digits);
  const bool has_header = file.format() == FileFormat::kSafetensors;
  const auto bytes = has_header ? safetensors_data(file.bytes(), "") : file.bytes();
  return sha256_hex(bytes, on_progress).substr(0, kAutoV3Digits);
}

}  // namespace fude::io
