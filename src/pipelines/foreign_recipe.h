#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "io/images/png_size.h"
#include "io/images/png_text.h"

namespace fude::pipelines {

/// What another program says of a picture's making, in the web UI's words.
struct ForeignRecipe {
  std::string program = {};
  std::string prompt = {};
  std::string negative = {};
  std::vector<std::pair<std::string, std::string>> pairs = {};  // in the web UI's order of keys
  std::vector<std::string> losses = {};                         // what could not be taken over

  /// Adds a pair; an empty value is left out.
  void add(std::string_view key, std::string value);
};

/// The text stored with a picture, as the web UI writes it.
std::string infotext_of(const ForeignRecipe& recipe);

/// A sampler and schedule by a name of ComfyUI, InvokeAI or NovelAI ("dpmpp_2m_sde_gpu", "euler_k"): labels; what is
/// unknown stays as it is and is a loss.
void add_sampler(ForeignRecipe& recipe, std::string_view sampler, std::string_view schedule);

/// A text or number of a JSON object as text; empty when there is none.
std::string member_text(const nlohmann::json& object, std::string_view key);

/// Readers, each for one program: absent when the picture's texts are not that program's. They never throw for what
/// the texts hold, and take time that grows with their length only.
std::optional<ForeignRecipe> novelai_recipe(std::span<const io::PngText> texts, const io::PictureSize& size);
std::optional<ForeignRecipe> comfyui_recipe(std::span<const io::PngText> texts);
std::optional<ForeignRecipe> invokeai_recipe(std::span<const io::PngText> texts);

/// The first of them that knows the texts.
std::optional<ForeignRecipe> foreign_recipe(std::span<const io::PngText> texts, const io::PictureSize& size);

}  // namespace fude::pipelines
