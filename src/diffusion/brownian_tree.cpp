#include "diffusion/brownian_tree.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

#include "core/error.h"
#include "core/random/seed_sequence.h"
#include "diffusion/image_rng.h"

namespace fude::diffusion {
namespace {

constexpr std::size_t kSeedPool = 24;
constexpr std::size_t kRecentPoints = 4;

/// The double nearest to `time` written with 6 decimals.
double round_time(double time) {
  std::array<char, 400> text;  // the longest double has 309 digits before the point
  const auto written = std::to_chars(text.data(), text.data() + text.size(), time, std::chars_format::fixed, 6);
  double rounded = time;
  std::from_chars(text.data(), written.ptr, rounded);
  return rounded;
}

}  // namespace

BrownianTree::BrownianTree(NoiseStream stream, std::uint64_t seed, double first, double last,
                           std::vector<std::int64_t> shape)
    : stream_(stream), seed_(seed), shape_(std::move(shape)), root_{round_time(first), round_time(last), 0, 0, {}} {
  if (!(std::isfinite(first) && std::isfinite(last) && first <= last))
    fail(ErrorCode::kInvalidArgument, "noise path runs over {}..{}, expected a rising finite range", first, last);
  const std::uint64_t state = SeedSequence(seed_, {}, kSeedPool).generate_state(1)[0];
  root_.increment =
      normal_tensor(*make_normal_source(stream_, state), shape_).to(at::kDouble) * std::sqrt(root_.end - root_.start);
}

at::Tensor BrownianTree::draw(const Node& node) const {
  const std::array<std::uint64_t, 2> spawn_key{node.key, static_cast<std::uint64_t>(node.depth)};
  const std::uint64_t state = SeedSequence(seed_, spawn_key, kSeedPool).generate_state(1)[0];
  return normal_tensor(*make_normal_source(stream_, state), shape_).to(at::kDouble);
}

at::Tensor BrownianTree::at(double time) {
  time = std::clamp(round_time(time), root_.start, root_.end);
  const auto found = recent_.find(time);
  if (found != recent_.end()) return found->second;
  // Sampling walks down, so the noisiest point is the one that will not be asked for again.
  if (recent_.size() == kRecentPoints) recent_.erase(std::prev(recent_.end()));
  return recent_[time] = descend(time);
}

at::Tensor BrownianTree::descend(double time) const {
  Node node = root_;
  at::Tensor value = at::zeros(shape_, at::kDouble);
  while (time > node.start && time < node.end) {
    const double middle = round_time((node.start + node.end) / 2);
    if (!(node.start < middle && middle < node.end)) break;  // below the resolution of times
    const double length = node.end - node.start;
    const double deviation = std::sqrt((middle - node.start) * (node.end - middle) / length);
    const at::Tensor left = node.increment * ((middle - node.start) / length) + draw(node) * deviation;
    if (time < middle) {
      node = {node.start, middle, 2 * node.key, node.depth + 1, left};
    } else {
      value = value + left;
      node = {middle, node.end, 2 * node.key + 1, node.depth + 1, node.increment - left};
    }
  }
  return time >= node.end ? value + node.increment : value;
}

BrownianNoise::BrownianNoise(NoiseStream stream, const std::vector<std::uint64_t>& seeds,
                             std::span<const double> sigmas, const std::vector<std::int64_t>& shape) {
  double smallest = std::numeric_limits<double>::infinity(), largest = 0.0;
  for (const double sigma : sigmas) {
    if (sigma > 0.0) smallest = std::min(smallest, sigma);
    largest = std::max(largest, sigma);
  }
  if (seeds.empty()) fail(ErrorCode::kInvalidArgument, "noise has no seeds, expected one per image");
  if (!(largest > 0.0)) fail(ErrorCode::kInvalidArgument, "noise schedule has no positive sigma");
  for (const std::uint64_t seed : seeds) trees_.emplace_back(stream, seed, smallest, largest, shape);
}

at::Tensor BrownianNoise::step(double sigma, double next) {
  if (sigma == next) fail(ErrorCode::kInvalidArgument, "noise is asked for a step from sigma {} to itself", sigma);
  // Paths run with rising sigma, sampling walks against them.
  const double sign = sigma > next ? -1.0 : 1.0;
  const double scale = sign / std::sqrt(std::abs(next - sigma));
  std::vector<at::Tensor> noises;
  for (BrownianTree& tree : trees_) {
    const at::Tensor upper = tree.at(std::max(sigma, next));
    noises.push_back(((upper - tree.at(std::min(sigma, next))) * scale).to(at::kFloat));
  }
  return at::stack(noises);
}

}  // namespace fude::diffusion
