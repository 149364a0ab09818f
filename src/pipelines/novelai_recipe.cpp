#include <fmt/format.h>

#include "core/ascii.h"
#include "diffusion/sampler_names.h"
#include "pipelines/foreign_recipe.h"

namespace fude::pipelines {

std::optional<ForeignRecipe> novelai_recipe(std::span<const io::PngText> texts, const io::PictureSize& size) {
  const auto software = io::find_text(texts, "Software"), comment = io::find_text(texts, "Comment");
  if (software != "NovelAI" || !comment) return std::nullopt;
  const auto values = nlohmann::json::parse(*comment, nullptr, /*allow_exceptions=*/false);
  if (!values.is_object()) return std::nullopt;
  ForeignRecipe recipe{.program = "NovelAI"};
  recipe.prompt = io::find_text(texts, "Description").value_or("");
  if (recipe.prompt.empty()) recipe.prompt = member_text(values, "prompt");
  recipe.negative = member_text(values, "uc");
  // As the web UI reads such a picture: what it does not know is Euler a, and this is how that service's models are
  // run.
  const auto* sampler = diffusion::find_sampler_traits(ascii_lower(member_text(values, "sampler")));
  recipe.add("Steps", member_text(values, "steps"));
  recipe.add("Sampler", sampler == nullptr ? "Euler a" : std::string(sampler->label));
  recipe.add("CFG scale", member_text(values, "scale"));
  recipe.add("Seed", member_text(values, "seed"));
  recipe.add("Size", fmt::format("{}x{}", size.width, size.height));
  recipe.add("Clip skip", "2");
  recipe.add("ENSD", "31337");
  recipe.losses.emplace_back("the model");
  if (recipe.prompt.find('{') != std::string::npos)
    recipe.losses.emplace_back("emphasis by braces, which means choice here");
  return recipe;
}

}  // namespace fude::pipelines
