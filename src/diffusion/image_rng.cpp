#include "diffusion/image_rng.h"

#include <algorithm>

#include "core/error.h"

namespace fude::diffusion {
namespace {

constexpr double kParallel = 0.9995;  // mean cosine above which slerp would divide by almost nothing

std::int64_t floor_half(std::int64_t value) { return value >= 0 ? value / 2 : -((1 - value) / 2); }

/// Where a row of `inner` entries lies when it is centred in one of `outer`, one of them cropped.
struct Centred {
  std::int64_t outer_start, inner_start, length;

  Centred(std::int64_t outer, std::int64_t inner) {
    const std::int64_t margin = floor_half(outer - inner);
    outer_start = std::max<std::int64_t>(margin, 0);
    inner_start = std::max<std::int64_t>(-margin, 0);
    length = margin >= 0 ? inner : inner + 2 * margin;
  }
};

void check_seeds(const ImageSeeds& seeds) {
  if (seeds.seeds.empty()) fail(ErrorCode::kInvalidArgument, "noise has no seeds, expected one per image");
  if (!seeds.variation_seeds.empty() && seeds.variation_seeds.size() != seeds.seeds.size())
    fail(ErrorCode::kInvalidArgument, "noise has {} variation seeds, expected {}", seeds.variation_seeds.size(),
         seeds.seeds.size());
  if (!(seeds.variation_strength >= 0.0 && seeds.variation_strength <= 1.0))
    fail(ErrorCode::kInvalidArgument, "variation strength is {}, expected 0..1", seeds.variation_strength);
  if (seeds.variation_strength > 0.0 && seeds.variation_seeds.empty())
    fail(ErrorCode::kInvalidArgument, "variation strength is {} without variation seeds", seeds.variation_strength);
}

}  // namespace

void count_seeds(ImageSeeds& seeds, std::uint64_t seed, std::uint64_t variation_seed, int first, int count) {
  seeds.seeds.clear();
  seeds.variation_seeds.clear();
  for (int i = first; i < first + count; ++i) {
    seeds.seeds.push_back(seeds.variation_strength == 0.0 ? seed + static_cast<std::uint64_t>(i) : seed);
    seeds.variation_seeds.push_back(variation_seed + static_cast<std::uint64_t>(i));
  }
}

at::Tensor normal_tensor(NormalSource& source, at::IntArrayRef shape) {
  at::Tensor values = at::empty(shape, at::kFloat);
  source.fill_normal({values.data_ptr<float>(), static_cast<std::size_t>(values.numel())});
  return values;
}

at::Tensor slerp_noise(double share, const at::Tensor& from, const at::Tensor& to) {
  const auto unit = [](const at::Tensor& noise) { return noise / noise.square().sum(1, true).sqrt(); };
  const at::Tensor cosine = (unit(from) * unit(to)).sum(1, true);
  if (cosine.mean().item<double>() > kParallel) return from * share + to * (1.0 - share);
  const at::Tensor angle = cosine.acos();
  const at::Tensor sine = angle.sin();
  return (angle * (1.0 - share)).sin() / sine * from + (angle * share).sin() / sine * to;
}

ImageRng::ImageRng(ImageSeeds seeds, std::int64_t channels, std::int64_t height, std::int64_t width)
    : seeds_(std::move(seeds)), shape_{channels, height, width} {
  check_seeds(seeds_);
  if (channels < 1 || height < 1 || width < 1)
    fail(ErrorCode::kInvalidArgument, "noise shape is [{}, {}, {}], expected positive sizes", channels, height, width);
  restart(0);
}

void ImageRng::restart(std::uint64_t delta) {
  generators_.clear();
  for (const std::uint64_t seed : seeds_.seeds) generators_.push_back(make_normal_source(seeds_.stream, seed + delta));
}

at::Tensor ImageRng::next() {
  if (!drawn_) {
    drawn_ = true;
    return first();
  }
  std::vector<at::Tensor> noises;
  for (const auto& generator : generators_) noises.push_back(normal_tensor(*generator, shape_));
  return at::stack(noises);
}

at::Tensor ImageRng::first() {
  std::vector<at::Tensor> noises;
  for (std::size_t image = 0; image < generators_.size(); ++image) noises.push_back(first_of(image));
  if (seeds_.seed_delta != 0) restart(seeds_.seed_delta);
  return at::stack(noises);
}

at::Tensor ImageRng::first_of(std::size_t image) {
  std::vector<std::int64_t> origin = shape_;
  if (seeds_.resize_from_height > 0 && seeds_.resize_from_width > 0)
    origin = {shape_[0], seeds_.resize_from_height, seeds_.resize_from_width};
  const bool resized = origin != shape_;
  // A resized noise comes from a generator of its own; the image's then fills the new size and goes on from there.
  const auto fresh = [&](std::uint64_t seed) {
    return normal_tensor(*make_normal_source(seeds_.stream, seed), origin);
  };
  at::Tensor noise = resized ? fresh(seeds_.seeds[image]) : normal_tensor(*generators_[image], shape_);
  if (seeds_.variation_strength > 0.0)
    noise = slerp_noise(seeds_.variation_strength, noise, fresh(seeds_.variation_seeds[image]));
  if (!resized) return noise;

  at::Tensor canvas = normal_tensor(*generators_[image], shape_);
  const Centred rows(shape_[1], origin[1]), columns(shape_[2], origin[2]);
  canvas.narrow(1, rows.outer_start, rows.length)
      .narrow(2, columns.outer_start, columns.length)
      .copy_(noise.narrow(1, rows.inner_start, rows.length).narrow(2, columns.inner_start, columns.length));
  return canvas;
}

}  // namespace fude::diffusion
