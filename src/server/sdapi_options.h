#pragma once

#include <string>

#include "server/json_body.h"

namespace fude::service {
class Studio;
}

namespace fude::server {

/// A checkpoint or autoencoder that is not in the models folder.
struct UnknownModel {
  std::string name;
};

/// Stores settings as POST /sdapi/v1/options does, all or none, and loads the model that they ask for. Throws
/// UnknownSetting, UnknownModel, HttpError(400) and what Studio::load_model() throws.
void change_options(service::Studio& studio, const JsonObject& options);

}  // namespace fude::server
