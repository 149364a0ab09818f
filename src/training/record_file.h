#pragma once

#include <ATen/ATen.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/platform/mapped_file.h"
#include "training/worker_pool.h"

namespace fude::training {

/// A file of equally large records that are dear to make, filled once and then mapped into memory. Filling goes on
/// where an earlier run stopped; more records can be added later.
class RecordFile {
 public:
  struct Layout {
    std::string identity;  // one line that says what the records are; another one in the file is an error
    std::int64_t count = 0;
    std::vector<std::int64_t> shape;  // of one record
    at::ScalarType type = at::kByte;
  };
  /// Makes record `index`: a contiguous CPU tensor of the layout's shape and type. Called from many threads.
  using MakeRecord = std::function<at::Tensor(std::int64_t index)>;
  /// Told how many records of how many are there; returning false stops with Error(kCancelled).
  using OnProgress = std::function<bool(std::int64_t done, std::int64_t count)>;

  /// Throws Error: kInvalidArgument (the file holds other records), kOutOfResources (disk full), kCancelled.
  static RecordFile prepare(const std::filesystem::path& path, const Layout& layout, WorkerPool& pool,
                            const MakeRecord& make, const OnProgress& on_progress);

  /// [count, shape..], a read-only view into the file, valid while this object or a copy of it lives.
  const at::Tensor& records() const { return records_; }

 private:
  std::shared_ptr<const platform::MappedFile> file_;
  at::Tensor records_;
};

}  // namespace fude::training
