#include <algorithm>

#include "pipelines/model_card.h"
#include "server/api_routes.h"
#include "server/api_values.h"
#include "server/error_response.h"
#include "server/picture_types.h"
#include "server/query.h"
#include "service/gallery.h"
#include "service/model_cards.h"
#include "service/studio.h"

namespace fude::server {
namespace {

using pipelines::ModelCard;
using pipelines::ModelUse;
using service::Studio;

// Pages show so many words that a model was trained with.
constexpr std::size_t kMostWords = 60;

std::optional<ModelUse> use_from(std::string_view name) {
  for (const ModelUse use : {ModelUse::kCheckpoint, ModelUse::kAutoencoder, ModelUse::kLora, ModelUse::kEmbedding,
                             ModelUse::kHypernetwork}) {
    if (pipelines::use_name(use) == name) return use;
  }
  return std::nullopt;
}

void set_if(Json& json, const char* name, const std::string& text) {
  if (!text.empty()) json[name] = text;
}

Json words_json(const std::vector<models::TrainedWord>& words) {
  Json json = Json::array();
  for (const auto& word : std::span(words).first(std::min(words.size(), kMostWords))) {
    json.push_back({{"name", word.tag}, {"count", word.count}});
  }
  return json;
}

Json card_json(const ModelCard& card) {
  Json json{{"use", use_name(card.model.use)},
            {"name", card.model.name},
            {"title", card.title},
            {"file", card.file},
            {"byte_count", card.model.byte_count},
            {"family", card.model.family},
            {"has_preview", pipelines::model_preview(card.model.path).has_value()}};
  if (card.modified_at > 0) json["modified_at"] = card.modified_at;
  if (!card.words.empty()) json["trained_words"] = words_json(card.words);
  set_if(json, "alias", card.alias);
  set_if(json, "problem", card.model.problem);
  set_if(json, "hash", card.sha256.substr(0, 10));
  set_if(json, "sha256", card.sha256);
  set_if(json, "licence", card.licence);
  set_if(json, "description", card.notes.description);
  set_if(json, "notes", card.notes.notes);
  set_if(json, "activation_text", card.notes.activation_text);
  set_if(json, "negative_text", card.notes.negative_text);
  set_if(json, "vae", card.notes.vae);
  if (card.notes.preferred_weight) json["preferred_weight"] = *card.notes.preferred_weight;
  return json;
}

Response list(const Studio& studio, const Request& request) {
  const auto use = Query(request).choice("use", {"checkpoint", "vae", "lora", "embedding", "hypernetwork"});
  Json models = Json::array();
  for (const ModelCard& card : use ? service::model_cards(studio, *use_from(*use)) : service::model_cards(studio)) {
    models.push_back(card_json(card));
  }
  return json_response({{"models", std::move(models)}});
}

ModelCard card_of(const Studio& studio, const Request& request) {
  const std::string& use = request.parts.at("use");
  const std::string& name = request.parts.at("name");
  if (const auto known_use = use_from(use)) {
    const std::vector<ModelCard> cards = service::model_cards(studio, *known_use);
    // A part of a name would do for a picture, but must not change another model's notes.
    if (const ModelCard* card = pipelines::find_card_exactly(cards, *known_use, name)) return *card;
  }
  fail(ErrorCode::kNotFound, "there is no {} '{}'", printable(use, 60), printable(name));
}

// With what only one who looks closely wants to know.
Response one(const Studio& studio, const Request& request) {
  const ModelCard card = card_of(studio, request);
  Json json = card_json(card);
  if (!card.metadata.empty()) json["metadata"] = card.metadata;
  return json_response(json);
}

void require_file(const ModelCard& card) {
  if (card.model.path.empty()) throw HttpError(409, "the built-in model has no file that notes could lie beside");
}

Response change(const Studio& studio, const Request& request) {
  const JsonObject body = json_body(request);
  body.allow_only({"description", "notes", "activation_text", "negative_text", "preferred_weight", "vae"});
  const pipelines::ModelNotesChange change{.description = body.text("description", 40'000),
                                           .notes = body.text("notes", 40'000),
                                           .activation_text = body.text("activation_text", 40'000),
                                           .negative_text = body.text("negative_text", 40'000),
                                           .vae = body.text("vae", 2'000),
                                           .preferred_weight = body.number("preferred_weight", -10, 10)};
  const ModelCard card = card_of(studio, request);
  require_file(card);
  pipelines::change_model_notes(card.model.path, change);
  return one(studio, request);
}

Response preview(const Studio& studio, const Request& request) {
  const ModelCard card = card_of(studio, request);
  const auto file = pipelines::model_preview(card.model.path);
  if (!file) fail(ErrorCode::kNotFound, "there is no picture beside '{}'", card.model.name);
  return {.content_type = std::string(picture_type(file->string())),
          .headers = {{"Cache-Control", "no-cache"}},
          .file = *file};
}

Response set_preview(Studio& studio, const Request& request) {
  const JsonObject body = json_body(request, {"picture"});
  body.allow_only({"picture"});
  const auto id = *body.whole("picture", 1, INT64_MAX);
  const auto picture = studio.gallery().find(id);
  if (!picture) fail(ErrorCode::kNotFound, "there is no picture {}", id);
  const ModelCard card = card_of(studio, request);
  require_file(card);
  pipelines::set_model_preview(card.model, studio.gallery().path_of(*picture));
  return one(studio, request);
}

Response load(Studio& studio, const Request& request) {
  const JsonObject body = json_body(request, {"name"});
  body.allow_only({"name", "vae"});
  studio.load_model(*body.text("name", 2'000), body.text("vae", 2'000).value_or("Automatic"));
  return json_response(to_json(studio.loaded()));
}

}  // namespace

void add_model_routes(Router& router, Studio& studio) {
  router.add("GET", "/api/v1/models", [&](const Request& request) { return list(studio, request); });
  router.add("POST", "/api/v1/models/refresh", [&](const Request&) {
    studio.refresh_models();
    studio.events().publish(service::ModelChanged{});
    return json_response(Json::object());
  });
  router.add("GET", "/api/v1/models/{use}/{name}", [&](const Request& request) { return one(studio, request); });
  router.add("PATCH", "/api/v1/models/{use}/{name}", [&](const Request& request) { return change(studio, request); });
  router.add("GET", "/api/v1/models/{use}/{name}/preview",
             [&](const Request& request) { return preview(studio, request); });
  router.add("PUT", "/api/v1/models/{use}/{name}/preview",
             [&](const Request& request) { return set_preview(studio, request); });
  router.add("GET", "/api/v1/loaded-model", [&](const Request&) { return json_response(to_json(studio.loaded())); });
  router.add("PUT", "/api/v1/loaded-model", [&](const Request& request) { return load(studio, request); });
  router.add("DELETE", "/api/v1/loaded-model", [&](const Request&) {
    studio.unload_model();
    return json_response(to_json(studio.loaded()));
  });
}

}  // namespace fude::server
