#include "server/adapter_metadata.h"

#include "server/error_response.h"
#include "server/json_body.h"

namespace fude::server {
namespace {

nlohmann::ordered_json value_of(const std::string& text) {
  if (!text.starts_with('{')) return text;
  try {
    return parse_json(text);
  } catch (const HttpError&) {
    return text;  // only looks like JSON, or is nested too deep to be any good
  }
}

}  // namespace

nlohmann::ordered_json adapter_metadata(const std::map<std::string, std::string>& metadata) {
  auto list = nlohmann::ordered_json::object();
  for (const auto& [key, text] : metadata) {
    if (key != "ssmd_cover_images") list[key] = value_of(text);
  }
  return list;
}

}  // namespace fude::server
