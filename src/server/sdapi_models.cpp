#include <string_view>

#include "pipelines/model_card.h"
#include "server/adapter_metadata.h"
#include "server/error_response.h"
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

constexpr std::size_t kHashDigits = 10;

Ordered checkpoint(const ModelCard& card) {
  const bool has_hash = !card.sha256.empty();
  return {{"title", card.title},
          {"model_name", card.underscored_name},
          {"hash", has_hash ? Ordered(card.sha256.substr(0, kHashDigits)) : Ordered()},
          {"sha256", has_hash ? Ordered(card.sha256) : Ordered()},
          {"filename", card.file.empty() ? card.model.name : card.model.path.string()},
          {"config", Ordered()}};
}

Ordered autoencoder(const ModelCard& card) {
  return {{"model_name", card.model.path.filename().string()}, {"filename", card.model.path.string()}};
}

Ordered adapter(const ModelCard& card) {
  return {{"name", card.model.name},
          {"alias", card.alias},
          {"path", card.model.path.string()},
          {"metadata", adapter_metadata(card.metadata)}};
}

Ordered hypernetwork(const ModelCard& card) { return {{"name", card.model.name}, {"path", card.model.path.string()}}; }

// What can be read; a file that no model could use is left out, as those that fail to load are in the web UI.
Ordered list_of(const Studio& studio, ModelUse use, Ordered (*row)(const ModelCard&)) {
  Ordered list = Ordered::array();
  for (const ModelCard& card : service::model_cards(studio, use)) {
    if (card.model.problem.empty()) list.push_back(row(card));
  }
  return list;
}

// The width of a textual inversion tells the models that it is for.
bool fits(const ModelCard& word, const std::string& family) {
  const bool is_xl = word.widths.size() > 1;
  if (family.empty()) return true;
  return is_xl == (family.find("SDXL") != std::string::npos);
}

Ordered embeddings(const Studio& studio) {
  const std::string family = studio.loaded().family;
  Ordered loaded = Ordered::object(), skipped = Ordered::object();
  for (const ModelCard& card : service::model_cards(studio, ModelUse::kEmbedding)) {
    if (!card.model.problem.empty()) continue;
    Ordered& list = fits(card, family) ? loaded : skipped;
    list[card.model.name] = {{"step", Ordered()},
                             {"sd_checkpoint", Ordered()},
                             {"sd_checkpoint_name", Ordered()},
                             {"shape", card.widths.empty() ? Ordered() : Ordered(card.widths.back())},
                             {"vectors", card.vector_count}};
  }
  return {{"loaded", std::move(loaded)}, {"skipped", std::move(skipped)}};
}

void add_list(Router& router, Studio& studio, const std::string& name, ModelUse use, Ordered (*row)(const ModelCard&)) {
  add_web_ui_route(router, "GET", "/sdapi/v1/" + name,
                   [&studio, use, row](const Request&) { return ordered_response(list_of(studio, use, row)); });
}

}  // namespace

void add_sdapi_models(Router& router, Studio& studio) {
  add_list(router, studio, "sd-models", ModelUse::kCheckpoint, checkpoint);
  add_list(router, studio, "sd-vae", ModelUse::kAutoencoder, autoencoder);
  add_list(router, studio, "sd-modules", ModelUse::kAutoencoder, autoencoder);  // Forge's name for them
  add_list(router, studio, "loras", ModelUse::kLora, adapter);
  add_list(router, studio, "hypernetworks", ModelUse::kHypernetwork, hypernetwork);
  add_web_ui_route(router, "GET", "/sdapi/v1/embeddings",
                   [&studio](const Request&) { return ordered_response(embeddings(studio)); });
  for (const char* list : {"checkpoints", "vae", "embeddings", "loras"}) {
    add_web_ui_route(router, "POST", std::string("/sdapi/v1/refresh-") + list, [&studio](const Request&) {
      studio.refresh_models();
      return ordered_response(Ordered());
    });
  }
  add_web_ui_route(router, "POST", "/sdapi/v1/unload-checkpoint", [&studio](const Request&) {
    studio.unload_model();
    return ordered_response(Ordered::object());
  });
  add_web_ui_route(router, "POST", "/sdapi/v1/reload-checkpoint", [&studio](const Request&) {
    const service::LoadedModel model = studio.loaded();
    studio.load_model(model.checkpoint, model.vae);
    return ordered_response(Ordered::object());
  });
}

}  // namespace fude::server
