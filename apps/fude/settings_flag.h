#pragma once

#include <span>
#include <string>

#include "pipelines/generation_request.h"

namespace fude::apps {

/// Stores settings given as ID=VALUE, such as "emphasis=No norm", in a request.
/// Throws Error(kInvalidArgument) for an unknown id (naming the nearest), a missing '=' and a value that does not fit.
void apply_settings(pipelines::GenerationRequest& request, std::span<const std::string> settings);

}  // namespace fude::apps
