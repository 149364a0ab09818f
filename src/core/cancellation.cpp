#include "core/cancellation.h"

#include "core/error.h"

namespace fude {

void Cancellation::check() const {
  if (is_requested()) fail(ErrorCode::kCancelled, "interrupted");
}

}  // namespace fude
