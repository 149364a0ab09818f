#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/error.h"
#include "prompt/styles.h"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

/// A file of styles: read, written, read again, and all of them applied to a prompt and found in it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace fude::prompt;
  try {
    const std::vector<Style> styles = parse_styles({reinterpret_cast<const char*>(data), size});
    require(parse_styles(write_styles(styles)) == styles);
    std::vector<std::string> names;
    for (const Style& style : styles) names.push_back(style.name);
    const StyledWords words = apply_styles("a cat", "", names, styles);
    require(recognise_styles(words.prompt, words.negative, styles).names.size() <= styles.size());
  } catch (const fude::Error& error) {
    require(error.code() == fude::ErrorCode::kCorruptFile || error.code() == fude::ErrorCode::kInvalidArgument);
  }
  return 0;
}
