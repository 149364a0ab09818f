#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <set>

#include "pipelines/foreign_recipe.h"

namespace fude::pipelines {
namespace {

using Json = nlohmann::json;

// Longer ways through a workflow are not followed.
constexpr int kLongestWay = 200;

bool is_link(const Json& input) {
  return input.is_array() && input.size() == 2 && (input[0].is_string() || input[0].is_number_integer());
}

/// One node of a workflow: {"class_type": "KSampler", "inputs": {"seed": 7, "model": ["4", 0], ..}}.
struct Node {
  const Json* data = nullptr;

  explicit operator bool() const { return data != nullptr; }
  std::string kind() const { return member_text(*data, "class_type"); }
  const Json& input(std::string_view key) const {
    static const Json kNothing;
    const auto inputs = data->find("inputs");
    if (inputs == data->end() || !inputs->is_object()) return kNothing;
    const auto found = inputs->find(key);
    return found == inputs->end() ? kNothing : *found;
  }
};

/// The graph that ComfyUI ran ("prompt"). Walked against the direction of the data, from the picture to the words.
class Workflow {
 public:
  explicit Workflow(const Json& nodes) : nodes_(nodes) {}

  Node at(const Json& link) const {
    if (!is_link(link)) return {};
    const std::string id = link[0].is_string() ? link[0].get<std::string>() : link[0].dump();
    const auto found = nodes_.find(id);
    return found == nodes_.end() || !found->is_object() ? Node{} : Node{&*found};
  }

  Node above(const Node& node, std::string_view key) const { return node ? at(node.input(key)) : Node{}; }

  /// A value of a node, or of the node that it is linked to.
  std::string value(const Node& node, std::string_view key) const {
    if (!node) return {};
    const Json& input = node.input(key);
    if (input.is_string()) return input.get<std::string>();
    if (input.is_number()) return input.dump();
    const Node source = at(input);
    if (!source) return {};
    for (const std::string_view name : {key, std::string_view("value"), std::string_view("seed"),
                                        std::string_view("int"), std::string_view("float")}) {
      const Json& found = source.input(name);
      if (found.is_string()) return found.get<std::string>();
      if (found.is_number()) return found.dump();
    }
    return {};
  }

  /// The node nearest above `start` (itself included) for which `is_wanted` holds.
  template <typename Test>
  Node nearest(const Node& start, const Test& is_wanted) const {
    std::set<const Json*> seen;
    std::vector<Node> layer{start};
    for (int way = 0; way < kLongestWay && !layer.empty(); ++way) {
      std::vector<Node> next;
      for (const Node& node : layer) {
        if (!node || !seen.insert(node.data).second) continue;
        if (is_wanted(node)) return node;
        const auto inputs = node.data->find("inputs");
        if (inputs == node.data->end() || !inputs->is_object()) continue;
        for (const Json& input : *inputs) next.push_back(at(input));
      }
      layer = std::move(next);
    }
    return {};
  }

  template <typename Use>
  void for_each(const Use& use) const {
    for (const Json& node : nodes_) {
      if (node.is_object()) use(Node{&node});
    }
  }

 private:
  const Json& nodes_;
};

bool is_sampler(const Node& node) {
  const bool is_plain = is_link(node.input("positive")) && is_link(node.input("latent_image"));
  return is_plain || (is_link(node.input("guider")) && is_link(node.input("sigmas")));
}

// The sampler that the saved picture comes from; of several in a row the first, and whether there were several.
std::pair<Node, bool> find_sampler(const Workflow& workflow) {
  constexpr int kMostPictures = 20;  // one is enough; the limit bounds the time
  Node sampler;
  int pictures = 0;
  workflow.for_each([&](const Node& node) {
    if (!sampler && is_link(node.input("images")) && ++pictures <= kMostPictures)
      sampler = workflow.nearest(node, is_sampler);
  });
  workflow.for_each([&](const Node& node) {
    if (!sampler && is_sampler(node)) sampler = node;
  });
  bool has_several = false;
  for (int way = 0; sampler && way < kLongestWay; ++way) {
    const Node before = workflow.nearest(workflow.above(sampler, "latent_image"), is_sampler);
    if (!before || before.data == sampler.data) break;
    sampler = before;
    has_several = true;
  }
  return {sampler, has_several};
}

/// The texts that a conditioning was made from.
class Words {
 public:
  Words(const Workflow& workflow, std::string_view role) : workflow_(workflow), role_(role) {}

  std::string of(const Node& conditioning) {
    collect(conditioning, 0);
    return fmt::format("{}", fmt::join(texts_, "\n"));
  }

 private:
  void collect(const Node& node, int way) {
    constexpr std::array<std::string_view, 8> kTexts{"text",   "text_g", "text_l", "t5xxl",
                                                     "prompt", "string", "value",  "populated_text"};
    if (!node || way > kLongestWay || !seen_.insert(node.data).second) return;
    const std::size_t before = texts_.size();
    for (const std::string_view key : kTexts) {
      const Json& input = node.input(key);
      if (input.is_string()) add(input.get<std::string>());
      if (is_link(input)) collect(workflow_.at(input), way + 1);
    }
    if (texts_.size() > before) return;
    if (is_link(node.input("positive")) && is_link(node.input("negative"))) {  // it changes both, ControlNet for one
      collect(workflow_.above(node, role_), way + 1);
      return;
    }
    for (const std::string_view key : {"conditioning", "conditioning_1", "conditioning_2", "conditioning_to",
                                       "conditioning_from", "positive", "negative"}) {
      collect(workflow_.above(node, key), way + 1);
    }
  }

  void add(std::string text) {
    constexpr std::size_t kMostTexts = 50;
    if (!text.empty() && texts_.size() < kMostTexts && std::ranges::find(texts_, text) == texts_.end())
      texts_.push_back(std::move(text));
  }

  const Workflow& workflow_;
  std::string_view role_;
  std::set<const Json*> seen_;
  std::vector<std::string> texts_;
};

std::string stem(const std::string& file) {
  const std::size_t slash = file.find_last_of("/\\");
  const std::string name = slash == std::string::npos ? file : file.substr(slash + 1);
  const std::size_t dot = name.rfind('.');
  return dot == std::string::npos || dot == 0 ? name : name.substr(0, dot);
}

// From the sampler up through the adapters to the file. Returns the model's name.
std::string follow_model(const Workflow& workflow, Node node, ForeignRecipe& recipe) {
  std::string adapters;
  for (int way = 0; node && way < kLongestWay; ++way) {
    for (const std::string_view key : {"ckpt_name", "unet_name"}) {
      if (const std::string name = workflow.value(node, key); !name.empty()) {
        recipe.prompt += adapters;
        return stem(name);
      }
    }
    if (const std::string name = workflow.value(node, "lora_name"); !name.empty()) {
      const std::string weight = workflow.value(node, "strength_model");
      adapters = fmt::format("<lora:{}:{}>", stem(name), weight.empty() ? "1.0" : weight) + adapters;
    }
    node = workflow.above(node, "model");
  }
  recipe.prompt += adapters;
  return {};
}

std::string first_of(const std::string& one, const std::string& other) { return one.empty() ? other : one; }

void add_clip_skip(const Workflow& workflow, const Node& words, ForeignRecipe& recipe) {
  const Node node =
      workflow.nearest(words, [](const Node& above) { return above.input("stop_at_clip_layer").is_number_integer(); });
  if (!node) return;
  const auto layer = node.input("stop_at_clip_layer").get<std::int64_t>();  // -1: the last one
  if (layer <= -1 && layer >= -12) recipe.add("Clip skip", fmt::format("{}", -layer));
}

void add_size(const Workflow& workflow, const Node& sampler, ForeignRecipe& recipe) {
  const Node canvas = workflow.nearest(workflow.above(sampler, "latent_image"), [](const Node& node) {
    return node.input("width").is_number_integer() && node.input("height").is_number_integer();
  });
  if (canvas) recipe.add("Size", fmt::format("{}x{}", canvas.input("width").dump(), canvas.input("height").dump()));
}

void note_other_parts(const Workflow& workflow, ForeignRecipe& recipe) {
  std::set<std::string> parts;
  workflow.for_each([&](const Node& node) {
    const std::string kind = node.kind();
    for (const std::string_view mark : {"ControlNet", "IPAdapter", "Upscale", "Inpaint", "FreeU", "VAEEncode"}) {
      if (kind.find(mark) != std::string::npos && parts.size() < 20) parts.insert(kind.substr(0, 60));
    }
  });
  recipe.losses.insert(recipe.losses.end(), parts.begin(), parts.end());
}

ForeignRecipe read(const Workflow& workflow, const Node& sampler) {
  ForeignRecipe recipe{.program = "ComfyUI"};
  // With SamplerCustomAdvanced each part of a sampler is a node of its own.
  const Node guider = workflow.above(sampler, "guider"), noise = workflow.above(sampler, "noise"),
             method = workflow.above(sampler, "sampler"), levels = workflow.above(sampler, "sigmas");
  const Node& guide = guider ? guider : sampler;
  const Node positive = workflow.above(guide, is_link(guide.input("positive")) ? "positive" : "conditioning");
  recipe.prompt = Words(workflow, "positive").of(positive);
  recipe.negative = Words(workflow, "negative").of(workflow.above(guide, "negative"));
  const std::string model = follow_model(workflow, workflow.above(guide, "model"), recipe);
  recipe.add("Steps", first_of(workflow.value(sampler, "steps"), workflow.value(levels, "steps")));
  add_sampler(recipe, first_of(workflow.value(sampler, "sampler_name"), workflow.value(method, "sampler_name")),
              first_of(workflow.value(sampler, "scheduler"), workflow.value(levels, "scheduler")));
  recipe.add("CFG scale", workflow.value(guide, "cfg"));
  recipe.add("Seed", first_of(first_of(workflow.value(sampler, "seed"), workflow.value(sampler, "noise_seed")),
                              workflow.value(noise, "noise_seed")));
  add_size(workflow, sampler, recipe);
  recipe.add("Model", model);
  add_clip_skip(workflow, positive, recipe);
  recipe.add("RNG", "CPU");  // where it draws its noise
  return recipe;
}

}  // namespace

std::optional<ForeignRecipe> comfyui_recipe(std::span<const io::PngText> texts) {
  const auto prompt = io::find_text(texts, "prompt");
  if (!prompt) return std::nullopt;
  const Json nodes = Json::parse(*prompt, nullptr, /*allow_exceptions=*/false);
  if (!nodes.is_object()) return std::nullopt;
  const Workflow workflow(nodes);
  const auto [sampler, has_several] = find_sampler(workflow);
  if (!sampler) return std::nullopt;
  ForeignRecipe recipe = read(workflow, sampler);
  if (has_several) recipe.losses.emplace_back("the passes after the first");
  note_other_parts(workflow, recipe);
  return recipe;
}

}  // namespace fude::pipelines
