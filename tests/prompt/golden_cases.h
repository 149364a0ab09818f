#pragma once

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

namespace fude::prompt {

/// A list of cases in a file of the golden folder `text`.
inline nlohmann::json golden_cases(const std::string& file_name, const char* list) {
  std::ifstream file(FUDE_GOLDEN_DIR "/text/" + file_name);
  return nlohmann::json::parse(file).at(list);
}

}  // namespace fude::prompt
