#include "pipelines/foreign_recipe.h"

#include <fmt/format.h>

#include <array>

#include "core/ascii.h"
#include "diffusion/sampler_names.h"
#include "pipelines/infotext_values.h"

namespace fude::pipelines {
namespace {

struct Renamed {
  std::string_view theirs, ours;
};

// Where neither the id nor an alias is the same.
constexpr std::array kSamplers{Renamed{"dpm_2", "dpm2"},
                               Renamed{"dpm_2_ancestral", "dpm2_ancestral"},
                               Renamed{"euler_a", "Euler a"},
                               Renamed{"k_euler_a", "Euler a"},
                               Renamed{"uni_pc", "UniPC"},
                               Renamed{"uni_pc_bh2", "UniPC"},
                               Renamed{"k_dpm_fast", "DPM fast"},
                               Renamed{"dpmpp_2s", "DPM++ 2S a"},
                               Renamed{"kdpm_2", "dpm2"},
                               Renamed{"kdpm_2_a", "dpm2_ancestral"},
                               Renamed{"k_dpmpp_2s_ancestral", "DPM++ 2S a"}};

std::string_view renamed(std::string_view name) {
  for (const Renamed& pair : kSamplers) {
    if (pair.theirs == name) return pair.ours;
  }
  return name;
}

std::string_view without_end(std::string_view text, std::string_view end) {
  return text.ends_with(end) ? text.substr(0, text.size() - end.size()) : text;
}

}  // namespace

void ForeignRecipe::add(std::string_view key, std::string value) {
  if (!value.empty()) pairs.emplace_back(key, std::move(value));
}

std::string infotext_of(const ForeignRecipe& recipe) {
  std::string text = recipe.prompt;
  if (!recipe.negative.empty()) text += "\nNegative prompt: " + recipe.negative;
  text += '\n';
  bool is_first = true;
  for (const auto& [key, value] : recipe.pairs) {
    text += fmt::format("{}{}: {}", is_first ? "" : ", ", key, quote(value));
    is_first = false;
  }
  return text;
}

void add_sampler(ForeignRecipe& recipe, std::string_view sampler, std::string_view schedule) {
  std::string name = ascii_lower(without_end(sampler, "_gpu"));
  std::string steps = ascii_lower(schedule);
  if (name.ends_with("_k") && name.size() > 2) {  // InvokeAI
    name.resize(name.size() - 2);
    steps = "karras";
  }
  const diffusion::SamplerTraits* found = diffusion::find_sampler_traits(renamed(name));
  if (found == nullptr && !name.empty()) recipe.losses.push_back(fmt::format("sampler '{}'", sampler));
  recipe.add("Sampler", std::string(found == nullptr ? sampler : found->label));
  if (steps.empty() || steps == "native") return;
  if (steps == "ddim_uniform") steps = "ddim";
  const diffusion::ScheduleTraits* known = diffusion::find_schedule_traits(steps);
  if (known == nullptr) recipe.losses.push_back(fmt::format("schedule '{}'", schedule));
  recipe.add("Schedule type", std::string(known == nullptr ? schedule : known->label));
}

std::string member_text(const nlohmann::json& object, std::string_view key) {
  if (!object.is_object()) return {};
  const auto found = object.find(key);
  if (found == object.end()) return {};
  if (found->is_string()) return found->get<std::string>();
  return found->is_number() ? found->dump() : std::string();
}

std::optional<ForeignRecipe> foreign_recipe(std::span<const io::PngText> texts, const io::PictureSize& size) {
  if (auto recipe = novelai_recipe(texts, size)) return recipe;
  if (auto recipe = comfyui_recipe(texts)) return recipe;
  return invokeai_recipe(texts);
}

}  // namespace fude::pipelines
