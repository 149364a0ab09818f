#pragma once

#include <filesystem>
#include <functional>

#include "pipelines/engine_options.h"
#include "pipelines/picture_model.h"
#include "pipelines/verification_answer.h"
#include "pipelines/verification_plan.h"

namespace fude::pipelines {

/// What making a picture again needs from outside.
struct VerificationTools {
  EngineWishes wishes = {};  // precision and device of "auto" become those that the picture records, where they can
  /// A model as load_picture_model() gives it, valid until the next call; it may be one that is kept, but not from
  /// another profile_of(): kernels may be those of a lesser processor meanwhile, as the picture records.
  std::function<PictureModel&(const ModelLibrary&, const GenerationRequest&, const EngineOptions&)> take_model = {};
  std::function<void(const std::filesystem::path&)> on_file = {};  // is read for its hash
  std::function<void(int done, int total)> on_step = {};           // may throw Error(kCancelled)
};

/// Makes a picture once more from what it says of itself, and compares. What it was made in does not matter: a batch,
/// another number of threads, other pictures before it. Throws Error as plan_verification() and load_picture_model().
Verification verify_picture(const ModelLibrary& library, const VerificationOrder& order,
                            const VerificationTools& tools);

}  // namespace fude::pipelines
