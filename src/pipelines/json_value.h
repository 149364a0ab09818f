#pragma once

#include <nlohmann/json.hpp>
#include <optional>

#include "pipelines/request_fields.h"
#include "pipelines/saving_texts.h"

namespace fude::pipelines {

/// A knob's value out of JSON: null, a truth value, a number (whole ones above 2^63-1 as fractions) or a text; absent
/// for a list or an object.
std::optional<FieldValue> value_from_json(const nlohmann::json& value);

nlohmann::json value_to_json(const FieldValue& value);

/// What an object of settings says of how pictures are kept, as texts; null is the same as absent. Throws
/// Error(kInvalidArgument) for a list or an object.
SavingTexts saving_texts(const nlohmann::json& settings);

}  // namespace fude::pipelines
