#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "weights/residence.h"

namespace fude::pipelines {

/// How the networks share the memory of the device they run on.
enum class MemoryMode {
  kAuto,    // the fastest of the others that fits
  kFull,    // all networks stay on the device
  kSwap,    // what does not run waits in RAM; the web UI's --medvram
  kStream,  // the denoiser's layers come from RAM one by one; the web UI's --lowvram
};

/// "auto", "full", "swap" or "stream". Throws Error(kInvalidArgument).
MemoryMode memory_mode_from(std::string_view name);
std::string_view name_of(MemoryMode mode);

enum class NetworkRole { kTextEncoders, kDenoiser, kAutoencoder };

/// What one network asks of the device, in bytes.
struct NetworkDemand {
  NetworkRole role = NetworkRole::kDenoiser;
  std::int64_t weights = 0;         // those that may wait in RAM
  std::int64_t largest_weight = 0;  // of them
  std::int64_t fixed = 0;           // weights that are on the device always: norms, biases, embeddings
  std::int64_t work = 0;            // while it runs, beside all weights
  std::int64_t work_in_pieces = 0;  // the same when it works piece by piece; as `work` where it cannot
};

struct DeviceMemory {
  std::uint64_t free = 0;   // bytes
  std::uint64_t total = 0;  // bytes; 0: not known
};

/// What the user says about it.
struct MemoryWish {
  MemoryMode mode = MemoryMode::kAuto;
  std::optional<bool> works_in_pieces = {};  // whether the autoencoder does; absent: as the memory asks for
};

struct MemoryPlan {
  MemoryMode mode = MemoryMode::kFull;         // never kAuto
  std::string_view places;                     // where the networks are, in words; {} stands for the device
  std::vector<weights::Residence> residences;  // of the demands, in their order
  bool autoencoder_in_pieces = false;
  std::int64_t needed = 0;             // bytes at most at a time, estimated rather too high
  std::optional<DeviceMemory> memory;  // absent: the device does not tell
};

/// Bytes that everything beside weights and maps takes of a GPU: the libraries' code and workspaces, a weight that is
/// being patched, holes between allocations.
inline constexpr std::int64_t kLibraryBytes = std::int64_t{512} << 20;

/// The fastest way for these networks to share a device. What the user asks for is done even where it seems not to fit;
/// when the choice is ours and nothing fits, throws Error(kOutOfResources). Memory that is not known is enough.
MemoryPlan plan_memory(std::span<const NetworkDemand> demands, const std::optional<DeviceMemory>& memory,
                       const MemoryWish& wish);

/// "all networks on the GPU: about 5.1 of 7.4 GB free (8.0 GB in all)". `device` is what to call it: "GPU",
/// "processor". A GB is 2^30 bytes, as on the boxes of graphics cards.
std::string describe(const MemoryPlan& plan, std::string_view device);

}  // namespace fude::pipelines
