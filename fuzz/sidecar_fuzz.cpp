#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string>

#include "core/error.h"
#include "service/sidecar.h"

/// Any sidecar: it is refused, or what it says comes back after it was written again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace fude::service;
  const auto bytes = std::as_bytes(std::span(data, size));
  try {
    Sidecar sidecar = parse_sidecar(bytes);
    sidecar.fingerprint = "0123456789abcdef";
    const std::string text = write_sidecar(sidecar, bytes);
    if (!(parse_sidecar(std::as_bytes(std::span(text))) == sidecar)) std::abort();
  } catch (const fude::Error&) {
  }
  return 0;
}
