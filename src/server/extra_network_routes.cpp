#include <algorithm>
#include <array>
#include <string_view>

#include "pipelines/model_card.h"
#include "pipelines/model_catalog.h"
#include "server/adapter_metadata.h"
#include "server/error_response.h"
#include "server/picture_types.h"
#include "server/query.h"
#include "server/sdapi_routes.h"
#include "server/web_ui_route.h"
#include "service/model_cards.h"
#include "service/studio.h"

namespace fude::server {
namespace {

using Ordered = nlohmann::ordered_json;
using pipelines::ModelCard;
using pipelines::ModelUse;
using service::Studio;

constexpr std::size_t kLongestName = 1000;  // bytes

struct Page {
  std::string_view name;  // as the web UI's pages are called, in lower case
  ModelUse use;
};
constexpr std::array kPages{Page{"lora", ModelUse::kLora}, Page{"textual inversion", ModelUse::kEmbedding},
                            Page{"textual_inversion", ModelUse::kEmbedding},
                            Page{"hypernetworks", ModelUse::kHypernetwork}, Page{"checkpoints", ModelUse::kCheckpoint}};

std::optional<ModelCard> asked_card(const Studio& studio, const Request& request, std::string_view item) {
  const Query query(request);
  const std::string page = ascii_lower(query.text("page", kLongestName).value_or(""));
  const std::string name = query.text(item, kLongestName).value_or("");
  const auto found = std::ranges::find(kPages, page, &Page::name);
  if (found == kPages.end()) return std::nullopt;
  for (ModelCard& card : service::model_cards(studio, found->use)) {
    if (card.model.name == name || card.alias == name) return std::move(card);
  }
  return std::nullopt;
}

// Unknown items have no metadata; that is no error in the web UI.
Response metadata(const Studio& studio, const Request& request) {
  const auto card = asked_card(studio, request, "item");
  if (!card || card->metadata.empty()) return ordered_response(Ordered::object());
  const std::string text = adapter_metadata(card->metadata).dump(4, ' ', false, Json::error_handler_t::replace);
  return ordered_response({{"metadata", text}});
}

// The web UI answers with a piece of its page; here it is what such a piece would show.
Response single_card(const Studio& studio, const Request& request) {
  const auto card = asked_card(studio, request, "name");
  if (!card) return ordered_response(Ordered::object());
  return ordered_response({{"name", card->model.name},
                           {"alias", card->alias},
                           {"filename", card->model.path.string()},
                           {"description", card->notes.description},
                           {"activation_text", card->notes.activation_text},
                           {"negative_text", card->notes.negative_text}});
}

// `filename` is compared with the previews that there are: no other file is ever read.
Response thumbnail(const Studio& studio, const Request& request) {
  const std::string wanted = Query(request).text("filename", 4096).value_or("");
  for (const auto& model : studio.catalog().models()) {
    const auto preview = pipelines::model_preview(model.path);
    if (!preview || (preview->string() != wanted && model.path.string() != wanted)) continue;
    Response response{
        .status = 200, .body = {}, .content_type = std::string(picture_type(preview->filename().string()))};
    response.file = *preview;
    return response;
  }
  throw HttpError(404, "there is no such preview");
}

}  // namespace

void add_extra_network_routes(Router& router, Studio& studio) {
  add_web_ui_route(router, "GET", "/sd_extra_networks/thumb",
                   [&studio](const Request& request) { return thumbnail(studio, request); });
  add_web_ui_route(router, "GET", "/sd_extra_networks/metadata",
                   [&studio](const Request& request) { return metadata(studio, request); });
  add_web_ui_route(router, "GET", "/sd_extra_networks/get-single-card",
                   [&studio](const Request& request) { return single_card(studio, request); });
}

}  // namespace fude::server
