#pragma once

#include <nlohmann/json.hpp>

#include "service/studio.h"

namespace fude::server {

/// 0 while nothing runs, else from 0.01 to 1.
double shown_progress(const service::RunningState& running);

/// The unfinished picture as a data URI.
std::string data_uri(const service::Preview& preview);

}  // namespace fude::server
