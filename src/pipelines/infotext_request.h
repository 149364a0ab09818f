#pragma once

#include <string>
#include <vector>

#include "pipelines/generation_request.h"
#include "pipelines/infotext.h"

namespace fude::pipelines {

/// What `--like` starts from.
struct LikeRequest {
  GenerationRequest request;          // names are as stored: call normalise() after flags have had their say
  std::vector<std::string> warnings;  // what was left out, one line each
  bool is_from_picture = false;       // it started from another picture, which no text holds
};

/// A request that makes a picture again from its text. Pairs that no knob holds are kept in request.extra, unless they
/// tell of work that text alone does not bring back here (ControlNet, hashes of networks): those are named
/// in a warning. The words are not drawn again (dynamic_prompts is off); what they were drawn from is kept beside them.
/// Throws Error(kInvalidArgument) for a value out of range or of another kind.
LikeRequest request_from_infotext(const Infotext& infotext);

}  // namespace fude::pipelines
