
#include "core/base64.h"
#include "io/images/picture_decoder.h"
#include "io/images/picture_format.h"
#include "pipelines/infotext_request.h"
#include "pipelines/request_json.h"
#include "pipelines/stored_text.h"
#include "server/api_routes.h"
#include "server/error_response.h"
#include "server/json_body.h"
#include "server/query.h"
#include "service/gallery.h"
#include "service/studio.h"

namespace fude::server {
namespace {

using pipelines::Infotext;
using pipelines::StoredText;

constexpr std::int64_t kMostPixels = 64'000'000;

/// What a text means as a body of txt2img, with what could not be taken over.
struct ReadRequest {
  Json request = Json::object();
  std::vector<std::string> warnings = {};
};

ReadRequest read_request(const Infotext& infotext) {
  ReadRequest read;
  try {
    pipelines::LikeRequest like = pipelines::request_from_infotext(infotext);
    read.warnings = std::move(like.warnings);
    normalise(like.request);
    read.request = Json::parse(pipelines::request_to_json(like.request));
  } catch (const Error& error) {  // a sampler of another program, a size that is none: the words are still worth having
    read.warnings.emplace_back(error.what());
    read.request = {{"prompt", infotext.text("Prompt")}, {"negative_prompt", infotext.text("Negative prompt")}};
  }
  return read;
}

Json recipe_json(const StoredText& stored) {
  ReadRequest read;
  Json items = Json::object();
  for (const io::PngText& text : stored.others) items[text.keyword] = text.text;
  if (stored.infotext) {
    const Infotext infotext = pipelines::parse_infotext(*stored.infotext);
    read = read_request(infotext);
    for (const Infotext::Pair& pair : infotext.pairs()) {
      if (pair.is_stored && pair.key != "Prompt" && pair.key != "Negative prompt") {
        items[pair.key] = pipelines::to_text(pair.value);
      }
    }
  }
  read.warnings.insert(read.warnings.end(), stored.warnings.begin(), stored.warnings.end());
  return {{"infotext", stored.infotext.value_or("")},
          {"request", std::move(read.request)},
          {"warnings", std::move(read.warnings)},
          {"items", std::move(items)}};
}

// base64, with "data:image/png;base64," before it or not.
std::string picture_bytes(std::string_view text) {
  if (text.starts_with("data:")) text.remove_prefix(std::min(text.find(',') + 1, text.size()));
  auto bytes = base64_decode(text);
  if (!bytes || bytes->empty()) throw HttpError(400, "image is not base64", "image");
  return *std::move(bytes);
}

Json picture_recipe(const std::string& bytes) {
  const auto view = std::as_bytes(std::span(bytes));
  const auto format = io::picture_format(view);
  const auto size = io::picture_size(view);
  if (!format || !size) throw HttpError(400, "image is no PNG, JPEG or WebP picture", "image");
  if (std::int64_t{size->width} * size->height > kMostPixels) {
    throw HttpError(
        413, fmt::format("image has {}x{} pixels, expected at most {} in all", size->width, size->height, kMostPixels));
  }
  Json json = recipe_json(pipelines::read_stored_text(view, "image"));
  json["width"] = size->width;
  json["height"] = size->height;
  json["format"] = io::file_ending(*format).substr(1);
  return json;
}

Response read_recipe(const Request& request) {
  const JsonObject body = json_body(request);
  body.allow_only({"image", "text"});
  if (const auto image = body.text("image", kLargestBody)) return json_response(picture_recipe(picture_bytes(*image)));
  const auto text = body.text("text", 1'000'000);
  if (!text) throw HttpError(400, "there is neither an image nor a text", "image");
  return json_response(recipe_json({.is_picture = false, .infotext = *text}));
}

Response recipe_of(service::Studio& studio, const Request& request) {
  const auto id = id_of(request);
  const auto picture = studio.gallery().find(id);
  if (!picture) fail(ErrorCode::kNotFound, "there is no picture {}", id);
  StoredText stored = pipelines::read_stored_text(studio.gallery().path_of(*picture));
  if (!picture->infotext.empty()) stored.infotext = picture->infotext;
  Json json = recipe_json(stored);
  json["width"] = picture->width;
  json["height"] = picture->height;
  json["format"] = picture->file.substr(picture->file.rfind('.') + 1);
  return json_response(json);
}

}  // namespace

void add_reading_routes(Router& router, service::Studio& studio) {
  router.add("POST", "/api/v1/recipe", read_recipe);
  router.add("GET", "/api/v1/pictures/{id}/recipe", [&](const Request& request) { return recipe_of(studio, request); });
}

}  // namespace fude::server
