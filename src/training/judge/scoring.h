#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/cancellation.h"
#include "training/judge/accuracy.h"
#include "training/judge/network.h"

namespace fude::judge {

/// What the judge saw in one picture.
struct ScoredPicture {
  std::filesystem::path path;
  std::vector<std::int64_t> answers, targets;  // of each group
  std::int64_t done = 0, total = 0;            // pictures, this one included
};

/// Called after each picture.
using ScoringObserver = std::function<void(const ScoredPicture&)>;

/// "hair color red, not blue; ahoge none, not ahoge": where the answers differ from what should be seen. Empty when
/// all is right.
std::string differences(const ScoredPicture& picture);

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
