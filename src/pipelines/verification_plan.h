#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "io/images/image.h"
#include "pipelines/generation_request.h"
#include "pipelines/model_library.h"
#include "pipelines/source_pictures.h"
#include "pipelines/verification_answer.h"

namespace fude::pipelines {

/// A picture that is to be made again, and what its text cannot hold.
struct VerificationOrder {
  PictureBytes file = {};        // PNG, JPEG or WebP
  std::string name = "picture";  // for messages
  PictureBytes init = {};        // what it was made from; null: words alone, or not to hand
  PictureBytes mask = {};
  std::string model = {};  // instead of the one that its text names; empty: that one
  int within = 0;          // levels of 0..255 by which it may differ
};

/// What a picture says of its making, as a request that makes it again here.
struct VerificationPlan {
  ModelLibrary library;  // in which its files are called as it calls them
  GenerationRequest request = {};
  io::Image picture = {};  // RGB; what transparency hides counts as well
  std::optional<EngineProfile> engine = {};
  std::optional<int> unfinished_at = {};  // the step after which its making was ended
  std::vector<MissingPart> missing = {};
  std::vector<std::string> notes = {};  // what may make it differ, one line each
};

/// Reads a picture and finds what took part in it: files by their hashes, whatever they are called. `on_file` is told
/// each model file that has to be read for its hash. Throws Error(kCorruptFile): no picture, a damaged one, or one that
/// says nothing of its making.
VerificationPlan plan_verification(const ModelLibrary& library, const VerificationOrder& order,
                                   const std::function<void(const std::filesystem::path&)>& on_file = {});

}  // namespace fude::pipelines
