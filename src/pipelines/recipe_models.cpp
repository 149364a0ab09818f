#include "pipelines/recipe_models.h"

#include <utility>

#include "core/error.h"
#include "core/hash.h"
#include "core/platform/mapped_file.h"
#include "core/platform/writing.h"
#include "models/embedded/embedded_model.h"

namespace fude::pipelines {
namespace {

namespace fs = std::filesystem;

merging::Parent open_parent(const std::string& name, const fs::path& path) {
  if (path.empty()) return {.name = std::string(models::kEmbeddedModelName), .file = models::embedded_model()};
  if (path.extension() == merging::kRecipeExtension) {
    fail(ErrorCode::kInvalidArgument, "'{}' is a recipe, expected a model; recipes cannot be merged", printable(name));
  }
  return merging::Parent::open(path);
}

std::optional<merging::Parent> open_if_named(const std::string& name, const ModelLibrary& library) {
  if (name.empty()) return std::nullopt;
  return open_merge_parent(name, library);
}

merging::BlockWeights block_weights(double base, const std::string& blocks, const std::vector<std::string>& changes,
                                    merging::BlockLayout layout) {
  merging::BlockWeights weights =
      blocks.empty() ? merging::BlockWeights(base, layout) : merging::BlockWeights::parse(blocks, base, layout);
  for (const std::string& change : changes) weights.assign(change);
  return weights;
}

}  // namespace

merging::Parent open_merge_parent(const std::string& name, const ModelLibrary& library) {
  return open_parent(name, library.find_checkpoint(name));
}

RecipeModels open_recipe(const merging::MergeRecipe& recipe, const ModelLibrary& library) {
  const merging::MergeMethodEntry& method = merging::find_merge_method(recipe.method);
  const merging::StorageType type = merging::parse_storage_type(recipe.type);
  merging::MergeParents parents{.a = open_merge_parent(recipe.a, library),
                                .b = open_if_named(recipe.b, library),
                                .c = open_if_named(recipe.c, library)};
  if (!recipe.autoencoder.empty()) {
    parents.autoencoder = open_parent(recipe.autoencoder, library.find_autoencoder(recipe.autoencoder));
  }
  const merging::BlockLayout layout = merging::layout_of(parents.a.file);
  return {.parents = std::move(parents),
          .options = {.method = method.method,
                      .alpha = block_weights(recipe.alpha, recipe.alpha_blocks, recipe.alpha_block, layout),
                      .beta = block_weights(recipe.beta, recipe.beta_blocks, recipe.beta_block, layout),
                      .type = type,
                      .discard = recipe.discard}};
}

fs::path merged_model_place(std::string name, const ModelLibrary& library) {
  for (char& c : name) c = c == '/' || c == '\\' ? '_' : c;
  const fs::path folder = library.checkpoint_folder();
  platform::make_folder(folder);
  return folder / (name + ".safetensors");
}

NamedFile open_recipe_file(const fs::path& path, const ModelLibrary& library) {
  const auto mapping = platform::MappedFile::open(path);
  const std::span<const std::byte> bytes = mapping->bytes();
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const RecipeModels merge = open_recipe(merging::parse_merge_recipe(text, path.string()), library);
  merging::MergedModel merged = merging::merge_in_memory(merge.parents, merge.options, path.string());
  std::string hash = sha256_hex(merged.file.bytes()).substr(0, 10);
  return {.name = path.stem().string(), .file = std::move(merged.file), .hash = std::move(hash)};
}

}  // namespace fude::pipelines
