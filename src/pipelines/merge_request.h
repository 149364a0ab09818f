#pragma once

#include <string>
#include <string_view>

#include "merging/merge_recipe.h"

namespace fude::pipelines {

/// A merge that is to become a checkpoint.
struct MergeRequest {
  merging::MergeRecipe recipe;
  std::string name;  // of the new file in the checkpoint folder, without extension
};

/// Reads a JSON body: "models" (1..3 names), "method", "weights" (alpha, beta), "base" (what differences are taken
/// from: the third model, when there are only two), "block_weights" (alpha's, or a preset), "vae", "dtype" (fp16, bf16,
/// fp32; absent: as the first model), "name". Throws Error: kCorruptFile (no JSON object), kInvalidArgument (naming the
/// member).
MergeRequest parse_merge_request(std::string_view json);

}  // namespace fude::pipelines
