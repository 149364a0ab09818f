#pragma once

#include <optional>
#include <string_view>
#include <vector>

namespace fude::ops::cpu {

/// What the kernels of this folder can be made of, each with all that stands before it.
enum class InstructionSet {
  kPortable,    ///< none of ours: the reference operations
  kAvx2,        ///< AVX2 and FMA: x86-64-v3
  kAvx512,      ///< AVX-512 F, BW, DQ, VL: x86-64-v4
  kAvx512Bf16,  ///< and its products of bfloat16 pairs
  kAmx,         ///< and tiles of bfloat16 products (Xeon since 2023)
};

/// "portable", "avx2", "avx512", "avx512-bf16", "amx".
std::string_view name_of(InstructionSet set);
std::optional<InstructionSet> parse_instruction_set(std::string_view name);

/// The best that this processor and its system allow.
InstructionSet detected_instruction_set();

/// The one in use: the detected one, or what the environment variable FUDE_CPU names, to try a lesser one.
/// Throws Error(kInvalidArgument) when FUDE_CPU names none, or one that this processor does not have.
InstructionSet instruction_set();

/// All that run here, from the least (kAvx2) to the detected one: what tests go through. Empty where none does.
std::vector<InstructionSet> available_instruction_sets();

/// Whether products of bfloat16 are faster than those of float.
constexpr bool multiplies_bf16(InstructionSet set) { return set >= InstructionSet::kAvx512Bf16; }

/// Whether products of whole numbers in 8 bits are the fastest that this processor has under `set`: with AVX-512 by
/// VNNI, with tiles by AMX-INT8.
bool multiplies_int8(InstructionSet set);

}  // namespace fude::ops::cpu
