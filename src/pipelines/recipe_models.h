#pragma once

#include <filesystem>
#include <string>

#include "merging/merge_models.h"
#include "merging/merge_recipe.h"
#include "pipelines/model_library.h"

namespace fude::pipelines {

/// A recipe's models, and what is to be done with them.
struct RecipeModels {
  merging::MergeParents parents;
  merging::MergeOptions options;
};

/// A model that takes part, by path or name as in ModelLibrary::open_checkpoint(). Throws Error as that does, and
/// kInvalidArgument for a recipe.
merging::Parent open_merge_parent(const std::string& name, const ModelLibrary& library);

/// Finds and opens a recipe's models. Throws Error as open_merge_parent() and merging's parsers do.
RecipeModels open_recipe(const merging::MergeRecipe& recipe, const ModelLibrary& library);

/// Where a merged model of that name goes: the checkpoint folder, which is made when it is missing. Names of parents in
/// it do not become folders. Throws Error(kInvalidArgument).
std::filesystem::path merged_model_place(std::string name, const ModelLibrary& library);

/// The model that a recipe file stands for, merged in memory; its hash is that of the file that `fude merge` would
/// write.
NamedFile open_recipe_file(const std::filesystem::path& path, const ModelLibrary& library);

}  // namespace fude::pipelines
