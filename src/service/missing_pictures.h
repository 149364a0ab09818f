#pragma once

#include <set>
#include <span>
#include <vector>

#include "pipelines/generation_request.h"

namespace fude::service {

/// What is left of a job.
struct MissingPictures {
  std::vector<pipelines::GenerationRequest> requests;
  std::vector<int> indices;  // in the job, of the pictures that these make, in their order

  int batch_count() const;
};

/// What is to be made of `requests` (pipelines/word_expansion.h) when the pictures in `done` are there already. The
/// same pictures come out as if nothing was: whole batches stay as they are, of others each missing picture is a
/// request of its own.
MissingPictures missing_pictures(std::span<const pipelines::GenerationRequest> requests, const std::set<int>& done);

}  // namespace fude::service
