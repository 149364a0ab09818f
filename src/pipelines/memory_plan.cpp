#include "pipelines/memory_plan.h"

#include <algorithm>
#include <array>

#include "core/error.h"

namespace fude::pipelines {
namespace {

using weights::Residence;

struct ModeName {
  MemoryMode mode;
  std::string_view name;
};

constexpr std::array kModeNames{ModeName{MemoryMode::kAuto, "auto"}, ModeName{MemoryMode::kFull, "full"},
                                ModeName{MemoryMode::kSwap, "swap"}, ModeName{MemoryMode::kStream, "stream"}};

/// A way to share the device.
struct Tier {
  MemoryMode mode;
  Residence text, autoencoder, denoiser;
  bool in_pieces;  // the autoencoder
  std::string_view words;

  Residence residence(NetworkRole role) const {
    if (role == NetworkRole::kTextEncoders) return text;
    return role == NetworkRole::kAutoencoder ? autoencoder : denoiser;
  }
};

constexpr Residence kHeld = Residence::kHeld, kSwapped = Residence::kSwapped, kStreamed = Residence::kStreamed;
constexpr std::string_view kAllHere = "all networks on the {}";
constexpr std::string_view kTextAway = "text encoders in RAM until needed, the rest on the {}";
constexpr std::string_view kDenoiserHere = "denoiser on the {}, the rest in RAM until needed";
constexpr std::string_view kAllAway = "each network in RAM until the {} needs it";
constexpr std::string_view kLayers = "denoiser in RAM, through the {} layer by layer, the rest in RAM until needed";

// From the fastest to the most frugal. Text encoders run once a job and the autoencoder is small, so they make way
// first; an autoencoder in pieces takes at most 1.6 times its time; a denoiser that makes way for the autoencoder is
// copied once a batch, and one that streams once a step.
constexpr std::array kTiers{
    Tier{MemoryMode::kFull, kHeld, kHeld, kHeld, false, kAllHere},
    Tier{MemoryMode::kSwap, kSwapped, kHeld, kHeld, false, kTextAway},
    Tier{MemoryMode::kSwap, kSwapped, kSwapped, kHeld, false, kDenoiserHere},
    Tier{MemoryMode::kFull, kHeld, kHeld, kHeld, true, kAllHere},
    Tier{MemoryMode::kSwap, kSwapped, kSwapped, kHeld, true, kDenoiserHere},
    Tier{MemoryMode::kSwap, kSwapped, kSwapped, kSwapped, false, kAllAway},
    Tier{MemoryMode::kSwap, kSwapped, kSwapped, kSwapped, true, kAllAway},
    Tier{MemoryMode::kStream, kSwapped, kSwapped, kStreamed, false, kLayers},
    Tier{MemoryMode::kStream, kSwapped, kSwapped, kStreamed, true, kLayers},
};

// What a network brings to the device when it runs. Streamed: its layer's weight and the next one.
std::int64_t brought(const NetworkDemand& demand, Residence residence) {
  if (residence == kHeld) return 0;
  return residence == kSwapped ? demand.weights : std::min(demand.weights, 2 * demand.largest_weight);
}

std::int64_t needed_bytes(std::span<const NetworkDemand> demands, const Tier& tier) {
  std::int64_t always = kLibraryBytes, most = 0;
  for (const NetworkDemand& demand : demands) {
    const Residence residence = tier.residence(demand.role);
    always += demand.fixed + (residence == kHeld ? demand.weights : 0);
    most = std::max(most, brought(demand, residence) + (tier.in_pieces ? demand.work_in_pieces : demand.work));
  }
  return always + most;
}

MemoryPlan plan_of(std::span<const NetworkDemand> demands, const Tier& tier,
                   const std::optional<DeviceMemory>& memory) {
  MemoryPlan plan{.mode = tier.mode,
                  .places = tier.words,
                  .residences = {},
                  .autoencoder_in_pieces = tier.in_pieces,
                  .needed = needed_bytes(demands, tier),
                  .memory = memory};
  for (const NetworkDemand& demand : demands) plan.residences.push_back(tier.residence(demand.role));
  return plan;
}

bool fits(const MemoryPlan& plan) {
  return !plan.memory || static_cast<std::uint64_t>(plan.needed) <= plan.memory->free;
}

bool is_wished(const Tier& tier, const MemoryWish& wish) {
  const bool is_mode = wish.mode == MemoryMode::kAuto || wish.mode == tier.mode;
  return is_mode && wish.works_in_pieces.value_or(tier.in_pieces) == tier.in_pieces;
}

double gigabytes(double bytes) { return bytes / (1 << 30); }

std::string found(const DeviceMemory& memory) {
  std::string text = fmt::format("{:.1f} GB free", gigabytes(static_cast<double>(memory.free)));
  if (memory.total > 0) text += fmt::format(" ({:.1f} GB in all)", gigabytes(static_cast<double>(memory.total)));
  return text;
}

}  // namespace

MemoryMode memory_mode_from(std::string_view name) {
  const auto entry = std::ranges::find(kModeNames, name, &ModeName::name);
  if (entry != kModeNames.end()) return entry->mode;
  fail(ErrorCode::kInvalidArgument, "memory is '{}', expected auto, full, swap or stream", printable(name, 40));
}

std::string_view name_of(MemoryMode mode) { return std::ranges::find(kModeNames, mode, &ModeName::mode)->name; }

MemoryPlan plan_memory(std::span<const NetworkDemand> demands, const std::optional<DeviceMemory>& memory,
                       const MemoryWish& wish) {
  std::optional<MemoryPlan> most_frugal;
  for (const Tier& tier : kTiers) {
    if (!is_wished(tier, wish)) continue;
    MemoryPlan plan = plan_of(demands, tier, memory);
    if (fits(plan)) return plan;
    if (!most_frugal || plan.needed < most_frugal->needed) most_frugal = std::move(plan);
  }
  if (wish.mode != MemoryMode::kAuto) return *most_frugal;
  fail(ErrorCode::kOutOfResources,
       "this picture needs about {:.1f} GB on the device even with its weights in RAM, but found {}; close other "
       "programs, ask for a smaller picture or batch, or try all the same with --memory stream",
       gigabytes(static_cast<double>(most_frugal->needed)), found(*memory));
}

std::string describe(const MemoryPlan& plan, std::string_view device) {
  std::string text = fmt::format(fmt::runtime(plan.places), device);
  if (plan.autoencoder_in_pieces) text += ", autoencoder piece by piece";
  text += fmt::format(": about {:.1f}", gigabytes(static_cast<double>(plan.needed)));
  if (!plan.memory) return text + " GB";
  return text + (fits(plan) ? " of " : " GB, more than the ") + found(*plan.memory);
}

}  // namespace fude::pipelines
