#include "pipelines/upscale_order.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/error.h"
#include "core/nearest_name.h"
#include "pipelines/sent_pictures.h"

namespace fude::pipelines {
namespace {

using Json = nlohmann::json;

constexpr std::array<std::string_view, 15> kMembers{"file",
                                                    "image",
                                                    "upscaler",
                                                    "factor",
                                                    "width",
                                                    "height",
                                                    "crops",
                                                    "second_upscaler",
                                                    "second_share",
                                                    "tile",
                                                    "tile_overlap",
                                                    "longest_side",
                                                    "gfpgan_visibility",
                                                    "codeformer_visibility",
                                                    "codeformer_weight"};

Json parse_object(std::string_view text) {
  Json body = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!body.is_object()) fail(ErrorCode::kCorruptFile, "upscale is no JSON object");
  for (const auto& [name, value] : body.items()) {
    if (std::ranges::find(kMembers, name) != kMembers.end()) continue;
    fail(ErrorCode::kInvalidArgument, "unknown member '{}' of an upscale{}", printable(name, 60),
         did_you_mean(name, kMembers));
  }
  return body;
}

[[noreturn]] void refuse(const char* name, const Json& value, std::string_view expected) {
  fail(ErrorCode::kInvalidArgument, "{} is a JSON {}, expected {}", name, value.type_name(), expected);
}

const Json* member(const Json& body, const char* name) {
  const auto found = body.find(name);
  return found == body.end() || found->is_null() ? nullptr : &*found;
}

void read(const Json& body, const char* name, std::string& into) {
  const Json* value = member(body, name);
  if (value == nullptr) return;
  if (!value->is_string()) refuse(name, *value, "a text");
  into = value->get<std::string>();
}

void read(const Json& body, const char* name, double& into) {
  const Json* value = member(body, name);
  if (value == nullptr) return;
  if (!value->is_number()) refuse(name, *value, "a number");
  into = value->get<double>();
}

void read(const Json& body, const char* name, int& into) {
  const Json* value = member(body, name);
  if (value == nullptr) return;
  constexpr double kMost = 1 << 20;
  const double number = value->is_number() ? value->get<double>() : std::nan("");
  if (!(std::abs(number) <= kMost) || number != std::floor(number)) refuse(name, *value, "a whole number");
  into = static_cast<int>(number);
}

void read(const Json& body, const char* name, bool& into) {
  const Json* value = member(body, name);
  if (value == nullptr) return;
  if (!value->is_boolean()) refuse(name, *value, "true or false");
  into = value->get<bool>();
}

// Only files of the gallery are meant.
void require_inside(const std::string& file) {
  const bool is_inside = !file.starts_with('/') && ("/" + file + "/").find("/../") == std::string::npos;
  if (!is_inside) {
    fail(ErrorCode::kInvalidArgument, "file is '{}', expected one below the outputs folder", printable(file, 100));
  }
}

}  // namespace

UpscaleOrder parse_upscale_order(std::string_view text, PictureBytes stored) {
  const Json body = parse_object(text);
  UpscaleOrder order;
  std::string image;
  read(body, "file", order.file);
  read(body, "image", image);
  order.image = image.empty() ? std::move(stored) : picture_from_text("image", image);
  if (order.file.empty() == (order.image == nullptr)) {
    fail(ErrorCode::kInvalidArgument, "an upscale has {}, expected one picture", order.image ? "two" : "none");
  }
  require_inside(order.file);
  UpscaleRequest& request = order.request;
  read(body, "upscaler", request.upscaler);
  read(body, "factor", request.factor);
  read(body, "longest_side", request.longest_side);
  read(body, "width", request.width);
  read(body, "height", request.height);
  read(body, "crops", request.crops);
  read(body, "second_upscaler", request.second_upscaler);
  read(body, "second_share", request.second_share);
  read(body, "gfpgan_visibility", request.gfpgan_visibility);
  read(body, "codeformer_visibility", request.codeformer_visibility);
  read(body, "codeformer_weight", request.codeformer_weight);
  read(body, "tile", request.tile);
  read(body, "tile_overlap", request.tile_overlap);
  request.mode = member(body, "width") != nullptr || member(body, "height") != nullptr ? 1 : 0;
  check(request);
  return order;
}

std::string without_picture(std::string_view text) {
  Json body = parse_object(text);
  body.erase("image");
  return body.dump();
}

}  // namespace fude::pipelines
