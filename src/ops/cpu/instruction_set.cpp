#include "ops/cpu/instruction_set.h"

#include <array>
#include <atomic>
#include <cstdlib>

#include "core/error.h"
#include "ops/cpu/lesser_kernels.h"

#if defined(__x86_64__)
#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

namespace fude::ops::cpu {
namespace {

constexpr std::array<std::string_view, 5> kNames = {"portable", "avx2", "avx512", "avx512-bf16", "amx"};

constexpr int kNoLesser = -1;
std::atomic<int> lesser_set = kNoLesser;  // LesserKernels' set

#if defined(__x86_64__)
// Tiles are a part of the registers that Linux gives to a process only when it asks (Documentation/x86/xstate.rst).
bool may_use_tiles() {
#if defined(__linux__)
  constexpr long kRequestPermission = 0x1023, kTileData = 18;  // ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA
  return syscall(SYS_arch_prctl, kRequestPermission, kTileData) == 0;
#else
  return false;
#endif
}

// Bits of CPUID leaf 7, EDX.
constexpr unsigned kAmxBf16 = 1U << 22, kAmxTile = 1U << 24, kAmxInt8 = 1U << 25;

bool has_tile_features(unsigned wanted) {
  unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
  return __get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) != 0 && (edx & wanted) == wanted;
}

bool has_amx() { return has_tile_features(kAmxBf16 | kAmxTile) && may_use_tiles(); }

InstructionSet detect() {
  __builtin_cpu_init();
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) return InstructionSet::kPortable;
  const bool has_avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                          __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
  if (!has_avx512) return InstructionSet::kAvx2;
  if (!__builtin_cpu_supports("avx512bf16")) return InstructionSet::kAvx512;
  return has_amx() ? InstructionSet::kAmx : InstructionSet::kAvx512Bf16;
}
#else
InstructionSet detect() { return InstructionSet::kPortable; }
#endif

InstructionSet choose() {
  const char* wanted = std::getenv("FUDE_CPU");
  const InstructionSet best = detected_instruction_set();
  if (wanted == nullptr || *wanted == '\0') return best;
  const std::optional<InstructionSet> set = parse_instruction_set(wanted);
  if (!set) {
    fail(ErrorCode::kInvalidArgument, "FUDE_CPU is '{}', expected 'portable', 'avx2', 'avx512', 'avx512-bf16' or 'amx'",
         printable(wanted));
  }
  if (*set > best) {
    fail(ErrorCode::kInvalidArgument, "FUDE_CPU is '{}', but this processor has '{}' at most", wanted, name_of(best));
  }
  return *set;
}

}  // namespace

std::string_view name_of(InstructionSet set) { return kNames.at(static_cast<std::size_t>(set)); }

std::optional<InstructionSet> parse_instruction_set(std::string_view name) {
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (kNames[i] == name) return static_cast<InstructionSet>(i);
  }
  return std::nullopt;
}

bool multiplies_int8(InstructionSet set) {
#if defined(__x86_64__)
  if (set == InstructionSet::kAmx) return detected_instruction_set() == set && has_tile_features(kAmxInt8);
  __builtin_cpu_init();
  const bool is_wide = set == InstructionSet::kAvx512 || set == InstructionSet::kAvx512Bf16;
  return is_wide && __builtin_cpu_supports("avx512vnni") != 0;
#else
  static_cast<void>(set);
  return false;
#endif
}

InstructionSet detected_instruction_set() {
  static const InstructionSet set = detect();
  return set;
}

InstructionSet instruction_set() {
  static const InstructionSet set = choose();
  const int lesser = lesser_set.load(std::memory_order_relaxed);
  return lesser == kNoLesser ? set : static_cast<InstructionSet>(lesser);
}

LesserKernels::LesserKernels(InstructionSet set) : before_(lesser_set.load()) {
  if (set > instruction_set()) {
    fail(ErrorCode::kInvalidArgument, "the kernels '{}' are asked for, but '{}' are in use at most", name_of(set),
         name_of(instruction_set()));
  }
  lesser_set = static_cast<int>(set);
}

LesserKernels::~LesserKernels() { lesser_set = before_; }

std::vector<InstructionSet> available_instruction_sets() {
  std::vector<InstructionSet> sets;
  for (int i = 1; i <= static_cast<int>(detected_instruction_set()); ++i) {
    sets.push_back(static_cast<InstructionSet>(i));
  }
  return sets;
}

}  // namespace fude::ops::cpu
