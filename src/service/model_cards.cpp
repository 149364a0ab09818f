#include "service/model_cards.h"

#include "pipelines/model_catalog.h"
#include "service/studio.h"

namespace fude::service {

using pipelines::ModelCard;

std::vector<ModelCard> model_cards(const Studio& studio) { return studio.catalog().cards(); }

std::vector<ModelCard> model_cards(const Studio& studio, pipelines::ModelUse use) {
  return studio.catalog().cards(use);
}

}  // namespace fude::service
