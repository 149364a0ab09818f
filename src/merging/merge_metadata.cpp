#include "merging/merge_metadata.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/error.h"

namespace fude::merging {
namespace {

using Json = nlohmann::ordered_json;

std::string dump(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

std::string_view method_id(MergeMethod method) {
  return std::ranges::find(kMergeMethods, method, &MergeMethodEntry::method)->id;
}

/// The web UI's three methods keep its names.
std::string interpolation_name(MergeMethod method) {
  switch (method) {
    case MergeMethod::kNoInterpolation: return "No interpolation";
    case MergeMethod::kWeightedSum: return "Weighted sum";
    case MergeMethod::kAddDifference: return "Add difference";
    default: return std::string(method_id(method));
  }
}

const ParentFacts* find_role(const std::vector<ParentFacts>& parents, std::string_view role) {
  const auto found = std::ranges::find(parents, role, &ParentFacts::role);
  return found == parents.end() ? nullptr : &*found;
}

Json recipe(const std::vector<ParentFacts>& parents, const MergeOptions& options) {
  const auto hash = [&](std::string_view role) {
    const ParentFacts* parent = find_role(parents, role);
    return parent == nullptr ? Json() : Json(parent->sha256);
  };
  const ParentFacts* autoencoder = find_role(parents, "VAE");
  Json json{{"type", "webui"},
            {"primary_model_hash", hash("A")},
            {"secondary_model_hash", hash("B")},
            {"tertiary_model_hash", hash("C")},
            {"interp_method", interpolation_name(options.method)},
            {"multiplier", options.alpha[kBase]},
            {"save_as_half", options.type == StorageType::kHalf},
            {"bake_in_vae", autoencoder == nullptr ? "None" : autoencoder->name},
            {"discard_weights", options.discard}};
  const MergeMethodEntry& entry = *std::ranges::find(kMergeMethods, options.method, &MergeMethodEntry::method);
  if (!options.alpha.is_uniform()) json["alpha_blocks"] = options.alpha.text();
  if (entry.takes_beta) json["beta"] = options.beta[kBase];
  if (entry.takes_beta && !options.beta.is_uniform()) json["beta_blocks"] = options.beta.text();
  return json;
}

Json models(const std::vector<ParentFacts>& parents) {
  Json json = Json::object();
  for (const ParentFacts& parent : parents) {
    const auto own = parent.metadata.find("sd_merge_recipe");
    Json earlier =
        own == parent.metadata.end() ? Json() : Json::parse(own->second, nullptr, /*allow_exceptions=*/false);
    if (earlier.is_discarded()) earlier = own->second;
    json[parent.sha256] = {{"name", parent.name},
                           {"legacy_hash", parent.legacy_hash},
                           {"licence", parent.licence.empty() ? Json() : Json(parent.licence)},
                           {"sd_merge_recipe", std::move(earlier)}};
    // What a parent was merged from is carried along.
    const auto grandparents = parent.metadata.find("sd_merge_models");
    if (grandparents == parent.metadata.end()) continue;
    const Json older = Json::parse(grandparents->second, nullptr, /*allow_exceptions=*/false);
    if (!older.is_object()) continue;
    for (const auto& [key, value] : older.items()) {
      if (!json.contains(key)) json[key] = value;
    }
  }
  return json;
}

}  // namespace

LicenceVerdict combine_licences(const std::vector<ParentFacts>& parents) {
  std::vector<std::string> known, silent, named;
  for (const ParentFacts& parent : parents) {
    if (parent.licence.empty()) {
      silent.push_back(fmt::format("'{}'", printable(parent.name)));
      continue;
    }
    named.push_back(fmt::format("'{}' is under {}", printable(parent.name), printable(parent.licence, 80)));
    if (std::ranges::find(known, parent.licence) == known.end()) known.push_back(parent.licence);
  }
  LicenceVerdict verdict{.licence = fmt::format("{}", fmt::join(known, " AND ")), .warnings = {}};
  if (known.size() > 1) {
    verdict.warnings.push_back(
        fmt::format("licences differ: {}; the result may be used only as all of them allow", fmt::join(named, ", ")));
  }
  if (!known.empty() && !silent.empty()) {
    verdict.warnings.push_back(fmt::format("{} names no licence, unlike the others", fmt::join(silent, " and ")));
  }
  return verdict;
}

std::map<std::string, std::string> lineage(const std::vector<ParentFacts>& parents) {
  std::vector<std::string> names;
  for (const ParentFacts& parent : parents) names.push_back(parent.name);
  std::map<std::string, std::string> metadata{{"modelspec.merged_from", fmt::format("{}", fmt::join(names, ", "))}};
  const std::string licence = combine_licences(parents).licence;
  if (!licence.empty()) metadata["modelspec.license"] = licence;
  return metadata;
}

std::map<std::string, std::string> merge_metadata(const std::vector<ParentFacts>& parents, const MergeOptions& options,
                                                  const std::string& title) {
  std::map<std::string, std::string> metadata = lineage(parents);
  metadata["format"] = "pt";
  metadata["sd_merge_recipe"] = dump(recipe(parents, options));
  metadata["sd_merge_models"] = dump(models(parents));
  metadata["modelspec.sai_model_spec"] = "1.0.0";
  metadata["modelspec.title"] = title;
  // What says which kind of model it is stays true.
  for (const auto& [key, value] : parents.front().metadata) {
    const bool is_kind = key == "modelspec.architecture" || key == "modelspec.implementation" ||
                         key == "modelspec.prediction_type" || key == "modelspec.resolution";
    if (is_kind) metadata[key] = value;
  }
  return metadata;
}

}  // namespace fude::merging
