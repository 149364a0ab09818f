#include "models/embedded/embedded_model.h"

#include <cstddef>
#include <span>
#include <string>

extern "C" {
extern const std::byte fude_embedded_model_begin[];
extern const std::byte fude_embedded_model_end[];
}

namespace fude::models {

io::TensorFile embedded_model() {
  const std::span<const std::byte> bytes(fude_embedded_model_begin, fude_embedded_model_end);
  return io::TensorFile::from_memory(bytes, nullptr, std::string(kEmbeddedModelName));
}

}  // namespace fude::models
