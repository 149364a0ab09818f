#pragma once

#include <string>

#include "core/hash.h"
#include "io/tensor_file.h"

namespace fude::io {

/// The hashes model sites and picture metadata know a file by (spec: webui.md 3.5).
struct ModelHashes {
  std::string sha256;   // of the whole file, 64 digits
  std::string auto_v1;  // 8 digits of SHA-256 over 64 KiB at 1 MiB; what old pictures carry as "Model hash"
  std::string auto_v2;  // the first 10 digits of sha256; today's "Model hash"
};

/// Reads the whole file once.
ModelHashes model_hashes(const TensorFile& file, const HashProgress& on_progress = {});

/// The hash adapters (LoRA) are known by, 12 digits ("AutoV3"): from the metadata when a trainer left it there, else of
/// the tensor data alone, so that editing metadata does not change it; of the whole file for other formats.
std::string adapter_hash(const TensorFile& file, const HashProgress& on_progress = {});

}  // namespace fude::io
