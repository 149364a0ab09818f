#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/error.h"
#include "pipelines/infotext.h"
#include "pipelines/infotext_request.h"
#include "pipelines/infotext_values.h"
#include "pipelines/infotext_writer.h"

/// Any text of any picture: taking it apart never fails, what was quoted comes back, and a request made from it either
/// is refused with an Error or can be written again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace fude::pipelines;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const Infotext infotext = parse_infotext(text);
  for (const Infotext::Pair& pair : infotext.pairs()) {
    // Values are valid UTF-8 here, so quoting loses nothing.
    const std::string value = to_text(pair.value);
    if (value.find(',') != std::string::npos && unquote(quote(value)) != value) std::abort();
  }
  try {
    LikeRequest like = request_from_infotext(infotext);
    normalise(like.request);
    static_cast<void>(parse_infotext(write_infotext(like.request, {})));
  } catch (const fude::Error&) {
  }
  return 0;
}
