#include <cstddef>
#include <cstdint>
#include <string>

#include "core/unicode.h"
#include "pipelines/foreign_recipe.h"
#include "pipelines/infotext.h"

/// Any text under the keywords of other programs: reading it ends, and what comes of it is an infotext.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace fude::pipelines;
  const std::string text = fude::encode_utf8(fude::decode_utf8({reinterpret_cast<const char*>(data), size}));
  const std::vector<fude::io::PngText> texts{
      {"Software", "NovelAI"}, {"Comment", text}, {"prompt", text}, {"invokeai_metadata", text}, {"sd-metadata", text}};
  const auto read = [](const std::optional<ForeignRecipe>& recipe) {
    if (recipe) static_cast<void>(parse_infotext(infotext_of(*recipe)));
  };
  read(novelai_recipe(texts, {64, 64}));
  read(comfyui_recipe(texts));
  read(invokeai_recipe(texts));
  return 0;
}
