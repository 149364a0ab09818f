#include <fmt/format.h>

#include <cstdint>

#include "pipelines/foreign_recipe.h"

namespace fude::pipelines {
namespace {

using Json = nlohmann::json;

const Json& member(const Json& object, std::string_view key) {
  static const Json kNothing;
  if (!object.is_object()) return kNothing;
  const auto found = object.find(key);
  return found == object.end() ? kNothing : *found;
}

// The name of a model, which stood in a member of its own before version 4.
std::string model_name(const Json& model) {
  for (const std::string_view key : {"name", "model_name"}) {
    if (const std::string name = member_text(model, key); !name.empty()) return name;
  }
  return {};
}

void add_size(ForeignRecipe& recipe, const Json& values) {
  const std::string width = member_text(values, "width"), height = member_text(values, "height");
  if (!width.empty() && !height.empty()) recipe.add("Size", fmt::format("{}x{}", width, height));
}

// "a cat [blurry, text]": what stood in square brackets was to be avoided.
void split_negative(ForeignRecipe& recipe) {
  const std::size_t open = recipe.prompt.find('['), close = recipe.prompt.find(']', open);
  if (open == std::string::npos || close == std::string::npos) return;
  recipe.negative = recipe.prompt.substr(open + 1, close - open - 1);
  recipe.prompt.erase(open, close - open + 1);
  while (!recipe.prompt.empty() && recipe.prompt.back() == ' ') recipe.prompt.pop_back();
}

// "sd-metadata", of version 2: the words in a list of parts.
std::optional<ForeignRecipe> old_recipe(const Json& values) {
  const Json& image = member(values, "image");
  if (!image.is_object()) return std::nullopt;
  ForeignRecipe recipe{.program = "InvokeAI"};
  const Json& prompt = member(image, "prompt");
  recipe.prompt =
      prompt.is_array() && !prompt.empty() ? member_text(prompt.front(), "prompt") : member_text(image, "prompt");
  split_negative(recipe);
  recipe.add("Steps", member_text(image, "steps"));
  add_sampler(recipe, member_text(image, "sampler"), {});
  recipe.add("CFG scale", member_text(image, "cfg_scale"));
  recipe.add("Seed", member_text(image, "seed"));
  add_size(recipe, image);
  recipe.add("Model", member_text(values, "model_weights"));
  return recipe;
}

void add_adapters(ForeignRecipe& recipe, const Json& adapters) {
  if (!adapters.is_array()) return;
  for (const Json& adapter : adapters) {
    const Json& model = member(adapter, "model").is_object() ? member(adapter, "model") : member(adapter, "lora");
    const std::string name = model_name(model), weight = member_text(adapter, "weight");
    if (!name.empty()) recipe.prompt += fmt::format("<lora:{}:{}>", name, weight.empty() ? "1.0" : weight);
  }
}

// "invokeai_metadata", since version 3.
std::optional<ForeignRecipe> new_recipe(const Json& values) {
  if (!member(values, "positive_prompt").is_string()) return std::nullopt;
  ForeignRecipe recipe{.program = "InvokeAI"};
  recipe.prompt = member_text(values, "positive_prompt");
  recipe.negative = member_text(values, "negative_prompt");
  add_adapters(recipe, member(values, "loras"));
  recipe.add("Steps", member_text(values, "steps"));
  add_sampler(recipe, member_text(values, "scheduler"), {});
  recipe.add("CFG scale", member_text(values, "cfg_scale"));
  recipe.add("Seed", member_text(values, "seed"));
  add_size(recipe, values);
  recipe.add("Model", model_name(member(values, "model")));
  recipe.add("VAE", model_name(member(values, "vae")));
  if (const Json& skip = member(values, "clip_skip"); skip.is_number_integer()) {
    const auto skipped = skip.get<std::int64_t>();  // layers left out; the web UI counts from 1
    if (skipped > 0 && skipped < 12) recipe.add("Clip skip", fmt::format("{}", skipped + 1));
  }
  if (member_text(values, "rand_device") == "cpu") recipe.add("RNG", "CPU");
  for (const std::string_view key : {"controlnets", "ipAdapters", "t2iAdapters", "refiner_model", "init_image"}) {
    const Json& part = member(values, key);
    if (!part.is_null() && !part.empty()) recipe.losses.emplace_back(key);
  }
  return recipe;
}

}  // namespace

std::optional<ForeignRecipe> invokeai_recipe(std::span<const io::PngText> texts) {
  const auto values_of = [&](std::string_view keyword) {
    const auto text = io::find_text(texts, keyword);
    return text ? Json::parse(*text, nullptr, /*allow_exceptions=*/false) : Json();
  };
  if (auto recipe = new_recipe(values_of("invokeai_metadata"))) return recipe;
  return old_recipe(values_of("sd-metadata"));
}

}  // namespace fude::pipelines
