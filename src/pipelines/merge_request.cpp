#include "pipelines/merge_request.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <vector>

#include "core/error.h"
#include "core/nearest_name.h"

namespace fude::pipelines {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kLongestRequest = 1 << 20;  // bytes
constexpr std::size_t kLongestName = 200;         // bytes
constexpr std::array<std::string_view, 8> kMembers{"models",        "method", "weights", "base",
                                                   "block_weights", "vae",    "dtype",   "name"};

Json parse_object(std::string_view text) {
  if (text.size() > kLongestRequest) {
    fail(ErrorCode::kCorruptFile, "merge has {} bytes, expected at most {}", text.size(), kLongestRequest);
  }
  Json body = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!body.is_object()) fail(ErrorCode::kCorruptFile, "merge is no JSON object");
  return body;
}

void refuse_unknown_members(const Json& body) {
  for (const auto& [name, value] : body.items()) {
    if (std::ranges::find(kMembers, name) != kMembers.end()) continue;
    fail(ErrorCode::kInvalidArgument, "unknown member '{}' of a merge{}", printable(name, 60),
         did_you_mean(name, kMembers));
  }
}

std::string text_of(const Json& body, const char* name) {
  const auto found = body.find(name);
  if (found == body.end() || found->is_null()) return {};
  if (!found->is_string()) {
    fail(ErrorCode::kInvalidArgument, "{} is a JSON {}, expected a text", name, found->type_name());
  }
  return found->get<std::string>();
}

template <typename Value>
std::vector<Value> list_of(const Json& body, const char* name, bool (Json::*is_right)() const noexcept,
                           std::size_t most) {
  const auto found = body.find(name);
  if (found == body.end() || found->is_null()) return {};
  const bool is_list = found->is_array() && found->size() <= most &&
                       std::ranges::all_of(*found, [&](const Json& value) { return (value.*is_right)(); });
  if (!is_list) fail(ErrorCode::kInvalidArgument, "{} is wrong, expected a list of at most {}", name, most);
  return found->template get<std::vector<Value>>();
}

std::string checked_name(const std::string& name) {
  const bool is_file_name = !name.empty() && name.size() <= kLongestName && !name.starts_with('.') &&
                            name.find_first_of("/\\:*?\"<>|") == std::string::npos &&
                            std::ranges::none_of(name, [](char c) { return static_cast<unsigned char>(c) < 32; });
  if (!is_file_name) {
    fail(ErrorCode::kInvalidArgument, "name is '{}', expected a file name without folder and extension",
         printable(name, 60));
  }
  return name;
}

}  // namespace

MergeRequest parse_merge_request(std::string_view json) {
  const Json body = parse_object(json);
  refuse_unknown_members(body);
  const auto models = list_of<std::string>(body, "models", &Json::is_string, 3);
  if (models.empty()) fail(ErrorCode::kInvalidArgument, "models is empty, expected one to three models");
  const auto weights = list_of<double>(body, "weights", &Json::is_number, 2);
  const std::string base = text_of(body, "base"), method = text_of(body, "method"), type = text_of(body, "dtype");
  if (!base.empty() && models.size() == 3) {
    fail(ErrorCode::kInvalidArgument, "base is '{}', expected none: there are three models already", printable(base));
  }
  MergeRequest request{.recipe = {.a = models[0]}, .name = checked_name(text_of(body, "name"))};
  merging::MergeRecipe& recipe = request.recipe;
  if (models.size() > 1) recipe.b = models[1];
  recipe.c = models.size() > 2 ? models[2] : base;
  if (!method.empty()) recipe.method = method;
  if (!type.empty()) recipe.type = type;
  if (!weights.empty()) recipe.alpha = weights[0];
  if (weights.size() > 1) recipe.beta = weights[1];
  recipe.alpha_blocks = text_of(body, "block_weights");
  recipe.autoencoder = text_of(body, "vae");
  return request;
}

}  // namespace fude::pipelines
