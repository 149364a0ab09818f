#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "training/caption_vocabulary.h"
#include "training/painter/random.h"

namespace fude::training {

/// How a picture's tags become the caption of one training step. Shares are probabilities in [0, 1].
struct CaptionConfig {
  double dropout = 0.1;       // no caption at all, so that guidance has something to compare with
  double simple_share = 0.3;  // first part of the training: all tags, in their order
  std::vector<double> tag_dropout = {0, 0, 0.1, 0.3, 0.6};  // afterwards one of these is drawn for each picture
  double shuffle = 0.5;                                     // afterwards the tags but the quality words are shuffled
  double single_tag = 0.05;                                 // only the subject and one other tag
  double junk = 0.1;                                        // a few junk words are put in
  double quality_dropout = 0.1;
  std::vector<std::string> quality_tags = {"masterpiece", "best quality", "worst quality", "low quality"};
  std::vector<std::string> subject_tags = {"1girl", "1boy"};  // never dropped

  bool operator==(const CaptionConfig&) const = default;
};

/// Caption ids (CaptionVocabulary::kLength of them) for a picture with these tags. `progress` in [0, 1]. Depends on
/// nothing but its arguments.
std::vector<std::int64_t> draw_caption(const std::vector<std::string>& tags, const CaptionVocabulary& vocabulary,
                                       const CaptionConfig& config, double progress, painter::Random& random);

}  // namespace fude::training
