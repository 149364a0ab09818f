#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace fude::merging {

/// A merge in words, as the command line, a recipe file and the service have it. What the members mean: merge_models.h,
/// block_weights.h.
struct MergeRecipe {
  std::string a = {}, b = {}, c = {};  // paths or names; empty: takes no part
  std::string autoencoder = {};        // baked in; empty: none
  std::string method = "weighted-sum";
  double alpha = 0.3, beta = 0;
  std::string alpha_blocks = {}, beta_blocks = {};             // a list or a preset; empty: the same everywhere
  std::vector<std::string> alpha_block = {}, beta_block = {};  // "IN00-IN05=0.5", later ones win
  std::string discard = {};                                    // a regular expression
  std::string type = "same";
};

/// The file name extension of recipes, which stand for models.
inline constexpr std::string_view kRecipeExtension = ".toml";

/// Reads a recipe file: TOML with the members' names, "vae" for the autoencoder and "dtype" for the type. All but "a"
/// may be missing. `name` is for messages. Throws Error(kCorruptFile) for anything else, naming line or key.
MergeRecipe parse_merge_recipe(std::string_view toml, std::string_view name);

/// Such a file, with what is not as by default.
std::string merge_recipe_text(const MergeRecipe& recipe);

}  // namespace fude::merging
