#include "models/upscalers/picture_edges.h"

#include <vector>

namespace fude::models {
namespace {

// 0 1 2 3 -> 0 1 2 3 2 1 0 1 ..
at::Tensor mirrored_positions(int64_t size, int64_t wanted) {
  std::vector<int64_t> positions;
  const int64_t period = size > 1 ? 2 * (size - 1) : 1;
  for (int64_t i = 0; i < wanted; ++i) {
    const int64_t at = i % period;
    positions.push_back(at < size ? at : period - at);
  }
  return at::tensor(positions, at::kLong);
}

at::Tensor lengthened(const at::Tensor& x, int64_t dim, int64_t multiple) {
  const int64_t wanted = (x.size(dim) + multiple - 1) / multiple * multiple;
  if (wanted == x.size(dim)) return x;
  return x.index_select(dim, mirrored_positions(x.size(dim), wanted).to(x.device()));
}

}  // namespace

at::Tensor with_sides_of_multiple(const at::Tensor& x, int64_t multiple) {
  return lengthened(lengthened(x, 2, multiple), 3, multiple);
}

at::Tensor enlarged_part(const at::Tensor& enlarged, const at::Tensor& picture, int64_t scale) {
  return enlarged.narrow(2, 0, picture.size(2) * scale).narrow(3, 0, picture.size(3) * scale);
}

}  // namespace fude::models
