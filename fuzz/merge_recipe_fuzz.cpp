#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/error.h"
#include "merging/block_weights.h"
#include "merging/merge_recipe.h"

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

/// A recipe: read, written, read again, and its block weights looked at for both kinds of model.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace fude::merging;
  try {
    const MergeRecipe recipe = parse_merge_recipe({reinterpret_cast<const char*>(data), size}, "mix.toml");
    const std::string text = merge_recipe_text(recipe);
    require(merge_recipe_text(parse_merge_recipe(text, "again.toml")) == text);
    for (const std::size_t side : {9, 12}) {
      BlockWeights weights = BlockWeights::parse(recipe.alpha_blocks, recipe.alpha, {.side = side});
      for (const std::string& change : recipe.alpha_block) weights.assign(change);
      BlockWeights again = BlockWeights::parse(weights.text(), 0, {.side = side});
      require(weights.is_uniform() || again.text() == weights.text());
    }
  } catch (const fude::Error& error) {
    require(error.code() == fude::ErrorCode::kCorruptFile || error.code() == fude::ErrorCode::kInvalidArgument);
  }
  return 0;
}
