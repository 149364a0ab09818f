#pragma once

#include "core/cancellation.h"

namespace fude {

/// While it lives, Ctrl-C (SIGINT) and SIGTERM ask for a clean stop through cancellation() instead of ending the
/// process; the second Ctrl-C ends it at once. Only one may live at a time.
class InterruptGuard {
 public:
  InterruptGuard();
  ~InterruptGuard();
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;

  const Cancellation& cancellation() const;
};

}  // namespace fude
