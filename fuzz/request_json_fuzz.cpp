#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/error.h"
#include "pipelines/infotext_writer.h"
#include "pipelines/request_json.h"

/// Any body of a request: it is refused with an Error, or gives a request that normalise() accepts or refuses.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace fude::pipelines;
  try {
    ParsedRequest parsed = parse_request({reinterpret_cast<const char*>(data), size});
    normalise(parsed.request);
    static_cast<void>(write_infotext(parsed.request, {}));
  } catch (const fude::Error&) {
  }
  return 0;
}
