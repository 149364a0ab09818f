#pragma once

#include <filesystem>
#include <functional>

#include "core/cancellation.h"
#include "training/judge/accuracy.h"
#include "training/judge/network.h"

namespace fude::judge {

/// Called after each picture.
using ScoringObserver = std::function<void(std::int64_t done, std::int64_t total)>;

/// How often the judge sees in NAME.png of a folder what its caption says. The caption is `captions`/NAME.txt, else the
/// prompt stored in the picture. It must be a full caption as the painter writes it: what it does not name counts as
/// absent. Throws Error: kNotFound (no folder, no pictures, no caption), kCorruptFile (a picture), kInvalidArgument (a
/// tag the painter does not know, a picture smaller than 256 pixels), kCancelled.
Accuracy score_folder(const Network& network, const std::filesystem::path& pictures,
                      const std::filesystem::path& captions, const Cancellation& cancellation,
                      const ScoringObserver& on_picture);

/// The prompt of an infotext: what stands before "Negative prompt:" or the line of settings.
std::string_view prompt_of_infotext(std::string_view infotext);

}  // namespace fude::judge
