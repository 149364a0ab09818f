#pragma once

#include "ops/cpu/instruction_set.h"

namespace fude::ops::cpu {

/// While one lives, instruction_set() answers `set` in the whole process: networks that are loaded and run meanwhile
/// compute as on a processor that has no more. Networks that were loaded before must not run meanwhile, nor the other
/// way round. They may be nested. Not for several threads.
class LesserKernels {
 public:
  /// Throws Error(kInvalidArgument) for more than instruction_set() has now.
  explicit LesserKernels(InstructionSet set);
  ~LesserKernels();
  LesserKernels(const LesserKernels&) = delete;
  LesserKernels& operator=(const LesserKernels&) = delete;

 private:
  int before_;
};

}  // namespace fude::ops::cpu
