#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>

namespace fude::server {

/// Metadata of a safetensors file as the web UI lists it: values that are JSON objects as such, cover pictures left
/// out.
nlohmann::ordered_json adapter_metadata(const std::map<std::string, std::string>& metadata);

}  // namespace fude::server
