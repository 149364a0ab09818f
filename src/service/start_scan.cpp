#include "service/start_scan.h"

#include <exception>

#include "service/events.h"
#include "service/gallery.h"

namespace fude::service {
namespace {

void scan(Gallery& gallery, EventHub& events, const Cancellation& end) {
  try {
    const ScanResult result = gallery.rescan({}, end);
    if (result.added + result.changed + result.removed > 0) events.publish(GalleryChanged{});
  } catch (const std::exception&) {  // the user may look again, and is told then
  }
}

}  // namespace

StartScan::StartScan(Gallery& gallery, EventHub& events)
    : thread_([this, &gallery, &events] { scan(gallery, events, end_); }) {}

StartScan::~StartScan() {
  end_.request();
  thread_.join();
}

}  // namespace fude::service
