#pragma once

#include "server/router.h"

namespace fude::service {
class Studio;
}

namespace fude::server {

/// Pictures in the form of OpenAI's API (https://platform.openai.com/docs/api-reference/images): /v1/models,
/// /v1/images/generations; edits and variations are 501. `studio` must outlive the router.
void add_openai_routes(Router& router, service::Studio& studio);

}  // namespace fude::server
