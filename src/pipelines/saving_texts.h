#pragma once

#include <string>
#include <utility>
#include <vector>

namespace fude::pipelines {

/// Settings of how finished pictures are kept and shown, each with its value as text: {"samples_format", "jpg"}. No
/// knobs of a picture: who keeps a request keeps them beside it.
using SavingTexts = std::vector<std::pair<std::string, std::string>>;

}  // namespace fude::pipelines
