#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "pipelines/generation_request.h"
#include "pipelines/request_fields.h"

namespace fude::pipelines {

/// Settings by their published ids, as `override_settings` of a JSON body and `--set ID=VALUE` have them. Those that
/// are knobs of a picture are rows of request_fields(). Of the others that exist in the web UI, some have no bearing
/// here: they are accepted with a warning; some would change the picture in a way Fude does not know: they are
/// accepted only with the value that changes nothing.

/// Whether there is such a setting, here or in the web UI.
bool is_setting(std::string_view id);

/// Whether a setting is one of how finished pictures are kept and shown (pipelines/saving_texts.h).
bool is_saving_setting(std::string_view id);

/// Applies one setting. Returns a warning, empty when there is nothing to say.
/// Throws Error(kInvalidArgument): unknown id (with the nearest one), wrong value.
std::string apply_setting(GenerationRequest& request, std::string_view id, const FieldValue& value);

/// The same from text: "CLIP_stop_at_last_layers=2". Throws Error(kInvalidArgument) without "=" as well.
std::string apply_setting_text(GenerationRequest& request, std::string_view assignment);

}  // namespace fude::pipelines
