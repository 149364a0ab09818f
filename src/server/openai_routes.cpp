#include "server/openai_routes.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "core/base64.h"
#include "core/error.h"
#include "pipelines/model_card.h"
#include "server/error_response.h"
#include "server/json_body.h"
#include "server/made_pictures.h"
#include "server/model_settings.h"
#include "server/openai_edits.h"
#include "service/model_cards.h"
#include "service/studio.h"

namespace fude::server {
namespace {

using pipelines::GenerationRequest;
using pipelines::ModelCard;
using pipelines::ModelUse;
using service::Studio;

constexpr std::size_t kLongestPrompt = 32000;  // as there
constexpr int kMostPictures = 10;              // as there
constexpr std::string_view kOwner = "fude";

// What programs send who never ask for a list of models: the model of the studio answers to it.
constexpr std::array<std::string_view, 6> kForeignModels{"dall-e-2",         "dall-e-3",      "gpt-image-1",
                                                         "gpt-image-1-mini", "gpt-image-1.5", "auto"};

struct PictureSize {
  int width = 0;  // 0: the model's own
  int height = 0;
};

std::optional<int> whole_number(std::string_view text) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number <= 0) return std::nullopt;
  return number;
}

PictureSize read_size(const JsonObject& body) {
  const std::string text = body.text("size", 100).value_or("auto");
  if (text == "auto" || text.empty()) return {};
  const std::size_t cross = text.find('x');
  const auto width = whole_number(std::string_view(text).substr(0, cross));
  const auto height =
      cross == std::string::npos ? std::nullopt : whole_number(std::string_view(text).substr(cross + 1));
  if (!width || !height || *width % 8 != 0 || *height % 8 != 0) {
    throw HttpError(400,
                    fmt::format("size is '{}', expected WIDTHxHEIGHT in multiples of 8, or auto", printable(text, 40)),
                    "size");
  }
  return {*width, *height};
}

// Members that would make another answer than the one that comes.
void refuse_other_forms(const JsonObject& body) {
  if (body.truth("stream").value_or(false)) throw HttpError(400, "stream is true, expected false", "stream");
  body.choice("background", {"auto", "opaque"});
  body.choice("output_format", {"png"});
  body.choice("quality", {"auto", "low", "medium", "high", "standard", "hd"});
  body.choice("style", {"vivid", "natural"});
  body.choice("moderation", {"auto", "low"});
}

const ModelCard* find_model(const std::vector<ModelCard>& cards, const std::string& name) {
  if (name.empty() || std::ranges::find(kForeignModels, name) != kForeignModels.end()) return nullptr;
  const auto found = std::ranges::find_if(cards, [&](const ModelCard& card) {
    return card.model.problem.empty() &&
           (name == stored_model_name(card) || name == card.model.name || name == card.title);
  });
  if (found == cards.end()) {
    throw HttpError(404, fmt::format("the model '{}' does not exist", printable(name, 100)), "model");
  }
  return &*found;
}

// Where a client finds a picture: on this server, by the name that it was called by, which security.h has checked.
std::string picture_address(const Request& request, service::PictureId picture) {
  const std::string path = fmt::format("/api/v1/pictures/{}/file", picture);
  const std::string_view host = request.header("Host");
  return host.empty() ? path : "http://" + std::string(host) + path;
}

Json data_of(const Request& request, std::span<const service::MadePicture> pictures, bool wants_addresses) {
  Json data = Json::array();
  for (const service::MadePicture& picture : pictures) {
    if (wants_addresses && picture.picture) {
      data.push_back({{"url", picture_address(request, *picture.picture)}});
    } else {
      data.push_back({{"b64_json", base64_encode(picture.bytes)}});
    }
  }
  return data;
}

/// What all of these routes are asked for.
struct Wish {
  GenerationRequest request;
  bool wants_addresses = false;
};

// Members that mean the same wherever a picture starts from.
Wish read_wish(Studio& studio, const JsonObject& body) {
  refuse_other_forms(body);
  const std::string name = body.text("model", 1000).value_or("");
  const std::string usual = name.starts_with("dall-e") ? "url" : "b64_json";
  Wish wish{.request = studio.settings().with_settings(GenerationRequest())};
  wish.wants_addresses = body.choice("response_format", {"url", "b64_json"}).value_or(usual) == "url";
  wish.request.prompt = body.text("prompt", kLongestPrompt).value_or("");
  wish.request.batch_count = static_cast<int>(body.whole("n", 1, kMostPictures).value_or(1));
  const PictureSize size = read_size(body);
  wish.request.width = size.width;
  wish.request.height = size.height;
  const auto cards = service::model_cards(studio, ModelUse::kCheckpoint);
  if (const ModelCard* card = find_model(cards, name)) wish.request.model = stored_model_name(*card);
  return wish;
}

Response make(Studio& studio, const Wish& wish, const Request& request) {
  service::NewJob job;
  job.origin = "openai";
  job.saves_pictures = wish.wants_addresses;
  const MadeJob made = make_pictures(studio, studio.submit(job, wish.request), request);
  return json_response(
      {{"created", made.job.finished_at / 1000}, {"data", data_of(request, made.pictures, wish.wants_addresses)}});
}

Response generate(Studio& studio, const Request& request) {
  return make(studio, read_wish(studio, json_body(request, {"prompt"})), request);
}

Response edit(Studio& studio, const Request& request) {
  const EditForm form = read_edit_form(request, {"prompt"});
  Wish wish = read_wish(studio, form.members);
  apply_edit(wish.request, form);
  return make(studio, wish, request);
}

Response vary(Studio& studio, const Request& request) {
  const EditForm form = read_edit_form(request, {});
  Wish wish = read_wish(studio, form.members);
  apply_variation(wish.request, form);
  return make(studio, wish, request);
}

Json listed(const ModelCard& card) {
  return {
      {"id", stored_model_name(card)}, {"object", "model"}, {"created", card.modified_at / 1000}, {"owned_by", kOwner}};
}

Response list_models(const Studio& studio) {
  Json data = Json::array();
  for (const ModelCard& card : service::model_cards(studio, ModelUse::kCheckpoint)) {
    if (card.model.problem.empty()) data.push_back(listed(card));
  }
  return json_response({{"object", "list"}, {"data", std::move(data)}});
}

Response find_listed_model(const Studio& studio, const Request& request) {
  const auto cards = service::model_cards(studio, ModelUse::kCheckpoint);
  const std::string& name = request.parts.at("model");
  const ModelCard* card = find_model(cards, name);
  if (card == nullptr) throw HttpError(404, fmt::format("the model '{}' does not exist", name), "model");
  return json_response(listed(*card));
}

}  // namespace

void add_openai_routes(Router& router, Studio& studio) {
  router.add("GET", "/v1/models", [&studio](const Request&) { return list_models(studio); });
  router.add("GET", "/v1/models/{model...}",
             [&studio](const Request& request) { return find_listed_model(studio, request); });
  router.add("POST", "/v1/images/generations", [&studio](const Request& request) { return generate(studio, request); });
  router.add("POST", "/v1/images/edits", [&studio](const Request& request) { return edit(studio, request); });
  router.add("POST", "/v1/images/variations", [&studio](const Request& request) { return vary(studio, request); });
}

}  // namespace fude::server
