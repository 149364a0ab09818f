#include "pipelines/comparison/cells.h"

#include <algorithm>
#include <numeric>

namespace fude::pipelines::comparison {

Workload workload_of(const Cell& cell) {
  Workload work;
  for (const GenerationRequest& job : cell.jobs) {
    work.pictures += picture_count(job);
    work.steps += std::int64_t{job.steps} * job.batch_count;
  }
  return work;
}

Workload workload_of(std::span<const Cell> cells) {
  Workload all;
  for (const Cell& cell : cells) {
    const Workload work = workload_of(cell);
    all.pictures += work.pictures;
    all.steps += work.steps;
  }
  return all;
}

std::vector<std::size_t> in_turn(std::size_t count) {
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  return order;
}

namespace {

PictureSize finished_size(const GenerationRequest& request, int native) {
  const PictureSize own{.width = request.width == 0 ? native : request.width,
                        .height = request.height == 0 ? native : request.height};
  if (!request.enable_hr) return own;
  GenerationRequest sized = request;
  sized.width = own.width;
  sized.height = own.height;
  const HiresSize larger = hires_size(sized);
  return {.width = larger.width, .height = larger.height};
}

}  // namespace

PictureSize largest_picture(std::span<const Cell> cells, int native) {
  PictureSize largest;
  for (const Cell& cell : cells) {
    const PictureSize size = finished_size(cell.jobs.front(), native);
    largest.width = std::max(largest.width, size.width);
    largest.height = std::max(largest.height, size.height);
  }
  return largest;
}

}  // namespace fude::pipelines::comparison
