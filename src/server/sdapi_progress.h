#pragma once

#include <nlohmann/json.hpp>

#include "service/studio.h"

namespace fude::server {

/// The `state` of GET /sdapi/v1/progress: what runs, in the web UI's words. A job is a picture here.
nlohmann::ordered_json progress_state(const service::RunningState& running);

/// 0 while nothing runs, else from 0.01 to 1.
double shown_progress(const service::RunningState& running);

/// The unfinished picture as a data URI.
std::string data_uri(const service::Preview& preview);

}  // namespace fude::server
