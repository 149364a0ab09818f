#pragma once

#include <thread>

#include "core/cancellation.h"

namespace fude::service {

class EventHub;
class Gallery;

/// Looks once, beside all other work, for pictures that came, changed or went while no studio was open, as those that
/// commands make. The pages are told when there is something new. Where the outputs folder cannot be read, or none of
/// its pictures is there any more, nothing changes.
class StartScan {
 public:
  /// Begins; both must outlive this.
  StartScan(Gallery& gallery, EventHub& events);
  /// Ends it at the next file; what was found by then stays.
  ~StartScan();
  StartScan(const StartScan&) = delete;
  StartScan& operator=(const StartScan&) = delete;

 private:
  Cancellation end_;
  std::thread thread_;
};

}  // namespace fude::service
