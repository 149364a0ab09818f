#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pipelines/model_card.h"

namespace fude::server {

/// Whether a setting names a model file that must be there: "sd_model_checkpoint", "sd_vae", "sd_text_encoder".
bool names_model(std::string_view id);

/// How requests and settings name a model of the folder: a file below its folder, or the embedded model's name.
std::string stored_model_name(const pipelines::ModelCard& card);

/// How a text is taken for a model: by its names in full, or as the web UI does, by a part of a title, too.
enum class Naming { kInFull, kByPart };

/// What such a setting stores when a user says `text`: a stored_model_name(); "Automatic" or "None" for an autoencoder;
/// nothing for the checkpoint or text encoder that stands for none. Absent: there is no such model. `text` never names
/// a path outside the models folder.
std::optional<std::string> model_setting(const std::vector<pipelines::ModelCard>& cards, std::string_view id,
                                         std::string_view text, Naming naming);

}  // namespace fude::server
