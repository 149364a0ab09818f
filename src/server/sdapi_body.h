#pragma once

#include <span>
#include <string>
#include <vector>

#include "pipelines/model_card.h"
#include "prompt/styles.h"
#include "server/json_body.h"
#include "server/sdapi_tab.h"

namespace fude::server {

/// What the body of POST /sdapi/v1/txt2img or img2img asks of the server; the rest is in `request`.
struct AskedPictures {
  Json request;  // for Studio::submit: what is left when the quirks below have had their say
  bool sends_images = true;
  bool saves_images = false;
  bool saves_grid = false;
  std::string task;  // the client's own id for it; empty: none
};

/// A setting in `override_settings` that does not exist: the web UI fails with a KeyError.
struct UnknownSetting {
  std::string id;
};

/// The body with the switches of its answer as true or false, whatever they were sent as; for read_asked_pictures().
JsonObject read_switches(const JsonObject& body);

/// Reads a body as the web UI does, which forgives much: numbers and switches may be texts ("20"); sizes are cut to
/// multiples of 8; unknown styles, checkpoints and autoencoders are left out; members of a hires fix that is off do not
/// matter; scripts that are switched off may be named. Models become names that ModelLibrary knows: nothing of the body
/// is a path.
///
/// Throws HttpError: 501 for work that Fude does not do yet, 422 for scripts that do not exist, 400 "Sampler not
/// found", and as read_sources(); UnknownSetting.
AskedPictures read_asked_pictures(const JsonObject& body, Tab tab, const std::vector<pipelines::ModelCard>& cards,
                                  std::span<const prompt::Style> styles);

/// The body as the web UI repeats it in its answer: every member of its form, with defaults; pictures only where
/// "include_init_images" asks for them.
nlohmann::ordered_json echoed_parameters(const Json& body, Tab tab);

}  // namespace fude::server
