#pragma once

#include <vector>

#include "pipelines/model_card.h"

namespace fude::service {

class Studio;

/// What there is to tell of every model in the studio's folder, in the order of Studio::models(). Reads the header of
/// each file; with a `use`, of those of that use only.
std::vector<pipelines::ModelCard> model_cards(const Studio& studio);
std::vector<pipelines::ModelCard> model_cards(const Studio& studio, pipelines::ModelUse use);

}  // namespace fude::service
