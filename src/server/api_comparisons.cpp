#include <array>
#include <set>

#include "diffusion/sampler_traits.h"
#include "pipelines/comparison/axes.h"
#include "pipelines/model_catalog.h"
#include "prompt/styles.h"
#include "server/api_routes.h"
#include "server/api_values.h"
#include "server/query.h"
#include "service/comparison_job.h"
#include "service/studio.h"
#include "service/upscaler_list.h"

namespace fude::server {
namespace {

namespace comparison = pipelines::comparison;
using comparison::Axis;
using comparison::AxisEffect;
using pipelines::ModelUse;
using service::Studio;

constexpr std::array<const char*, 3> kAxisNames{"x", "y", "z"};

const char* kind_of(const Axis& axis) {
  switch (axis.effect) {
    case AxisEffect::kSearchReplace: return "search";
    case AxisEffect::kPromptOrder: return "order";
    case AxisEffect::kStyles: return "styles";
    case AxisEffect::kSize: return "size";
    default: break;
  }
  if (std::holds_alternative<bool pipelines::GenerationRequest::*>(axis.field->member)) return "truth";
  if (axis.values == comparison::ValueKind::kWhole) return "whole";
  return axis.values == comparison::ValueKind::kReal ? "number" : "text";
}

template <typename Table>
Json labels_of(const Table& table) {
  Json labels = Json::array();
  for (const auto& entry : table) labels.push_back(entry.label);
  return labels;
}

/// What can be chosen along the axes whose values have names.
class AxisChoices {
 public:
  explicit AxisChoices(Studio& studio) : studio_(studio), models_(studio.catalog().models()) {}

  Json of(const Axis& axis) const {
    if (axis.effect == AxisEffect::kStyles) return styles();
    if (axis.field == nullptr) return Json::array();
    if (std::holds_alternative<bool pipelines::GenerationRequest::*>(axis.field->member)) return {"true", "false"};
    if (!axis.field->choices.empty()) return axis.field->choices;
    return named(axis.field->title());
  }

 private:
  Json named(std::string_view field) const {
    if (field == "sampler_name" || field == "hr_sampler_name") return labels_of(diffusion::kSamplerTraits);
    if (field == "scheduler" || field == "hr_scheduler") return labels_of(diffusion::kScheduleTraits);
    if (field == "sd_vae") return models(ModelUse::kAutoencoder, {"Automatic", "None"});
    if (field == "sd_lora") return models(ModelUse::kLora, {"None"});
    if (field == "sd_hypernetwork") return models(ModelUse::kHypernetwork, {"None"});
    if (field == "hr_upscaler" || field == "upscaler_for_img2img") return upscalers();
    const bool is_checkpoint = field == "sd_model_checkpoint" || field == "sd_text_encoder" ||
                               field == "refiner_checkpoint" || field == "hr_checkpoint_name";
    return is_checkpoint ? models(ModelUse::kCheckpoint, {}) : Json::array();
  }

  Json models(ModelUse use, std::initializer_list<const char*> first) const {
    Json names = Json::array();
    for (const char* name : first) names.push_back(name);
    for (const pipelines::ListedModel& model : models_) {
      if (model.use == use && model.problem.empty()) names.push_back(model.name);
    }
    return names;
  }

  Json styles() const {
    const std::filesystem::path file = studio_.options().data_dir / "styles.csv";
    Json names = Json::array();
    for (const prompt::Style& style : prompt::load_styles(std::span(&file, 1))) {
      if (!style.is_divider) names.push_back(style.name);
    }
    return names;
  }

  Json upscalers() const {
    Json names = Json::array();
    for (const service::UpscalerRow& row : service::list_upscalers(studio_.library())) {
      if (row.problem.empty()) names.push_back(row.name);
    }
    return names;
  }

  Studio& studio_;
  std::vector<pipelines::ListedModel> models_;
};

Json axis_json(const Axis& axis, Json choices) {
  Json json{{"id", axis.field == nullptr ? axis.label : axis.field->title()},
            {"label", axis.label},
            {"kind", kind_of(axis)},
            {"cost", axis.cost},
            {"hint", describe_values(axis)},
            {"choices", std::move(choices)},
            {"text_to_image", axis.is_in_text_to_image},
            {"image_to_image", axis.is_in_image_to_image},
            {"help", axis.field == nullptr ? "" : axis.field->help},
            {"help_ja", axis.field == nullptr ? "" : axis.field->help_ja}};
  if (axis.field != nullptr && (axis.field->minimum != 0 || axis.field->maximum != 0)) {
    json["minimum"] = axis.field->minimum;
    json["maximum"] = axis.field->maximum;
  }
  return json;
}

// Some knobs stand twice among the web UI's axes, once for each of its tabs.
Response list_axes(Studio& studio) {
  const AxisChoices choices(studio);
  Json list = Json::array();
  std::set<const pipelines::RequestField*> seen;
  for (const Axis& axis : comparison::axes()) {
    if (axis.effect == AxisEffect::kNothing || axis.effect == AxisEffect::kUnavailable) continue;
    if (axis.field == nullptr || seen.insert(axis.field).second) {
      list.push_back(axis_json(axis, choices.of(axis)));
      continue;
    }
    for (Json& row : list) {
      if (row["id"] != axis.field->title()) continue;
      row["text_to_image"] = row["text_to_image"].get<bool>() || axis.is_in_text_to_image;
      row["image_to_image"] = row["image_to_image"].get<bool>() || axis.is_in_image_to_image;
    }
  }
  return json_response({{"axes", std::move(list)}});
}

Json outline_json(const service::ComparisonOutline& outline) {
  Json axes = Json::object();
  for (std::size_t i = 0; i < 3; ++i) {
    const service::AxisOutline& axis = outline.axes[i];
    if (axis.label.empty() && axis.error.empty()) continue;
    axes[kAxisNames[i]] = {{"values", axis.values}};
    if (!axis.error.empty()) axes[kAxisNames[i]]["error"] = axis.error;
  }
  Json json{{"axes", std::move(axes)},
            {"cells", outline.cells},
            {"pictures", outline.pictures},
            {"steps", outline.steps},
            {"warnings", outline.warnings}};
  if (outline.grid) json["grid"] = {{"width", outline.grid->width}, {"height", outline.grid->height}};
  if (outline.seconds) json["seconds"] = *outline.seconds;
  if (!outline.error.empty()) json["error"] = outline.error;
  return json;
}

Json legends_json(const std::vector<std::vector<comparison::PlanLegend>>& legends) {
  Json list = Json::array();
  for (const std::vector<comparison::PlanLegend>& legend : legends) {
    Json lines = Json::array();
    for (const comparison::PlanLegend& line : legend)
      lines.push_back({{"text", line.text}, {"active", line.is_active}});
    list.push_back(std::move(lines));
  }
  return list;
}

Json sheet_json(const service::ComparisonSheet& sheet) {
  Json cells = Json::array();
  for (const service::ComparisonSheet::Cell& cell : sheet.cells) {
    Json& json = cells.emplace_back(Json{{"name", cell.name}, {"pictures", cell.pictures}});
    if (!cell.error.empty()) json["error"] = cell.error;
  }
  return {{"script", sheet.script},
          {"columns", sheet.table.columns},
          {"rows", sheet.table.rows},
          {"tables", sheet.table.tables},
          {"column_legends", legends_json(sheet.table.column_legends)},
          {"row_legends", legends_json(sheet.table.row_legends)},
          {"table_legends", legends_json(sheet.table.table_legends)},
          {"cells", std::move(cells)},
          {"grids", sheet.grids}};
}

Response submit(Studio& studio, const Request& request) {
  service::NewJob job;
  job.kind = "compare";
  job.request = json_body(request).value().dump();
  job.origin = "studio";
  return json_response(to_json(studio.submit(job)), 201);
}

}  // namespace

void add_comparison_routes(Router& router, Studio& studio) {
  router.add("GET", "/api/v1/comparison-axes", [&](const Request&) { return list_axes(studio); });
  router.add("POST", "/api/v1/comparisons", [&](const Request& request) { return submit(studio, request); });
  router.add("POST", "/api/v1/comparison-outline", [&](const Request& request) {
    return json_response(outline_json(studio.outline_comparison(json_body(request).value().dump())));
  });
  router.add("GET", "/api/v1/comparisons/{id}", [&](const Request& request) {
    return json_response(sheet_json(studio.comparison_sheet(id_of(request))));
  });
}

}  // namespace fude::server
