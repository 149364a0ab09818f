#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "core/error.h"
#include "pipelines/folder_order.h"

/// The body of POST /folder-jobs: it is refused with an Error, or gives an order that is stored and read again as it
/// was.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace fude::pipelines;
  FolderOrder order;
  try {
    order = parse_folder_order({reinterpret_cast<const char*>(data), size}, api_request());
    normalise(order.request);
  } catch (const fude::Error&) {
    return 0;
  }
  const std::string stored = to_json(order);
  if (to_json(parse_folder_order(stored, {})) != stored) std::abort();  // an Error is a finding, too
  return 0;
}
