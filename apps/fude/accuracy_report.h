#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "training/judge/accuracy.h"

namespace fude::apps {

/// {"mean": .., "subjects": {"background": ..}, "groups": {"hair color": {"accuracy": .., "shown": ..}}}; shares in
/// [0, 1], null for what was never shown.
nlohmann::ordered_json accuracy_json(const judge::Accuracy& accuracy);

/// A row for each subject and for each of its groups: how often right, the bar of the subject, of how many pictures.
std::string accuracy_table(const judge::Accuracy& accuracy);

/// The same rows, with what was right of good pictures and of all side by side.
std::string examination_table(const judge::Accuracy& good, const judge::Accuracy& all);

}  // namespace fude::apps
