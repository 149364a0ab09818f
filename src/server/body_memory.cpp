#include "server/body_memory.h"

namespace fude::server {

bool BodyMemory::Share::grow_to(std::size_t bytes) {
  const std::size_t counted = bytes > kFree ? bytes - kFree : 0;
  if (counted <= taken_) return true;
  const std::size_t more = counted - taken_;
  std::size_t taken = memory_.taken_;
  do {
    if (taken > memory_.most_ || more > memory_.most_ - taken) return false;
  } while (!memory_.taken_.compare_exchange_weak(taken, taken + more));
  taken_ = counted;
  return true;
}

}  // namespace fude::server
