#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "io/tensor_record.h"

namespace fude::io {

/// True for the first bytes of a checkpoint of PyTorch's format before 1.6: a row of pickles.
bool is_legacy_checkpoint(std::span<const std::byte> file);

/// Lists the tensors of a checkpoint as torch.save writes it since PyTorch 1.6: a zip archive with a pickle of the
/// structure (data.pkl) and one entry for each storage. Stored entries are used in place; deflated ones are unpacked.
/// Nothing in the file is executed. Views point into `file` and into the listing's `unpacked` memory.
/// Throws Error: kCorruptFile, kUnsupportedModel (written on a big-endian machine).
TensorListing read_zip_checkpoint(std::span<const std::byte> file, std::string_view name);

/// The same for the older format: magic number, version, system information, structure, list of storages, each a
/// pickle, and then the storages' data.
TensorListing read_legacy_checkpoint(std::span<const std::byte> file, std::string_view name);

}  // namespace fude::io
