#include "service/model_cards.h"

#include "pipelines/listed_model.h"
#include "service/studio.h"

namespace fude::service {

using pipelines::ModelCard;

std::vector<ModelCard> model_cards(const Studio& studio) {
  std::vector<ModelCard> cards;
  for (const auto& model : studio.models()) cards.push_back(pipelines::describe_model(studio.library(), model));
  return cards;
}

std::vector<ModelCard> model_cards(const Studio& studio, pipelines::ModelUse use) {
  std::vector<ModelCard> cards;
  for (const auto& model : studio.models()) {
    if (model.use == use) cards.push_back(pipelines::describe_model(studio.library(), model));
  }
  return cards;
}

}  // namespace fude::service
