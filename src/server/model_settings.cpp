#include "server/model_settings.h"

#include <algorithm>
#include <array>

#include "core/ascii.h"

namespace fude::server {
namespace {

using pipelines::ModelCard;
using pipelines::ModelUse;

constexpr std::string_view kAutoencoder = "sd_vae";
constexpr std::array<std::string_view, 3> kModelSettings{"sd_model_checkpoint", kAutoencoder, "sd_text_encoder"};

std::optional<std::string> without_file(std::string_view id, std::string_view text) {
  if (id != kAutoencoder) return text.empty() ? std::optional<std::string>("") : std::nullopt;
  const std::string word = ascii_lower(text);
  if (word.empty() || word == "automatic" || word == "auto") return "Automatic";
  return word == "none" ? std::optional<std::string>("None") : std::nullopt;
}

}  // namespace

bool names_model(std::string_view id) { return std::ranges::find(kModelSettings, id) != kModelSettings.end(); }

std::string stored_model_name(const ModelCard& card) {
  const std::size_t slash = card.file.find('/');
  return slash == std::string::npos ? card.model.name : card.file.substr(slash + 1);
}

std::optional<std::string> model_setting(const std::vector<ModelCard>& cards, std::string_view id,
                                         std::string_view text, Naming naming) {
  if (auto word = without_file(id, text)) return word;
  const ModelUse use = id == kAutoencoder ? ModelUse::kAutoencoder : ModelUse::kCheckpoint;
  const ModelCard* card = naming == Naming::kByPart ? pipelines::find_card(cards, use, text)
                                                    : pipelines::find_card_exactly(cards, use, text);
  return card == nullptr ? std::nullopt : std::optional<std::string>(stored_model_name(*card));
}

}  // namespace fude::server
