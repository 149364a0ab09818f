#include "service/missing_pictures.h"

#include <algorithm>

namespace fude::service {
namespace {

using pipelines::GenerationRequest;

void add(const GenerationRequest& request, int first, int count, int before, MissingPictures& missing) {
  missing.requests.push_back(request);
  for (int i = 0; i < count; ++i) missing.indices.push_back(before + first + i);
}

// `before`: pictures of the requests before this one.
void add_missing(const GenerationRequest& request, int before, const std::set<int>& done, MissingPictures& missing) {
  const int of_batch = pipelines::pictures_of_batch(request), count = pipelines::picture_count(request);
  const auto last_done = done.lower_bound(before + count);
  const int end_of_done = last_done == done.begin() ? 0 : std::max(0, *std::prev(last_done) - before + 1);
  const int first_free_batch = (end_of_done + of_batch - 1) / of_batch;
  for (int i = 0; i < first_free_batch * of_batch; ++i) {
    if (done.contains(before + i)) continue;
    GenerationRequest single = request_of_image(request, i);
    single.batch_count = 1;
    if (!single.sd_upscale) single.batch_size = 1;
    add(single, i, 1, before, missing);
  }
  if (first_free_batch == request.batch_count) return;
  const int first = first_free_batch * of_batch;
  GenerationRequest rest = request_of_image(request, first);
  rest.sources = request.sources;  // each batch starts from all of them
  rest.batch_count -= first_free_batch;
  add(rest, first, count - first, before, missing);
}

}  // namespace

int MissingPictures::batch_count() const {
  int count = 0;
  for (const GenerationRequest& request : requests) count += request.batch_count;
  return count;
}

MissingPictures missing_pictures(std::span<const GenerationRequest> requests, const std::set<int>& done) {
  MissingPictures missing;
  int before = 0;
  for (const GenerationRequest& request : requests) {
    add_missing(request, before, done, missing);
    before += pipelines::picture_count(request);
  }
  return missing;
}

}  // namespace fude::service
