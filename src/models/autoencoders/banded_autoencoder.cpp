#include "models/autoencoders/banded_autoencoder.h"

#include <algorithm>
#include <functional>
#include <utility>
#include <vector>

#include "ops/normalization.h"
#include "ops/resize.h"
#include "ops/seamless.h"

namespace fude::models {
namespace {

constexpr int64_t kGroups = 32;      // nn::GroupNorm's
constexpr int64_t kFewestRows = 16;  // of a band: each takes two more to compute

/// Rows [begin, end) of a feature map.
struct Band {
  int64_t begin, end;

  int64_t size() const { return end - begin; }
};

/// A feature map [1,C,H,W] of which any rows can be had: stored, or computed whenever they are asked for.
struct FeatureMap {
  int64_t height, width;
  std::function<at::Tensor(Band)> rows;
  at::Tensor whole = {};  // where it is stored
};

FeatureMap stored(const at::Tensor& x) {
  return {.height = x.size(2),
          .width = x.size(3),
          .rows = [x](Band band) { return x.narrow(2, band.begin, band.size()); },
          .whole = x};
}

std::vector<Band> bands_of(const FeatureMap& map, BandOptions options) {
  const int64_t size = std::max(kFewestRows, options.pixels / map.width);
  std::vector<Band> bands;
  for (int64_t row = 0; row < map.height; row += size) bands.push_back({row, std::min(map.height, row + size)});
  return bands;
}

at::Tensor collected(const FeatureMap& map, BandOptions options) {
  at::Tensor whole;
  for (const Band band : bands_of(map, options)) {
    const at::Tensor rows = map.rows(band);
    if (!whole.defined()) {
      whole = at::empty({1, rows.size(1), map.height, map.width},
                        rows.options().memory_format(at::MemoryFormat::ChannelsLast));
    }
    whole.narrow(2, band.begin, band.size()).copy_(rows);
  }
  return whole;
}

/// `band` with one more row on both sides where the map goes on there. A seamless map goes on at its other end.
at::Tensor rows_with_neighbours(const FeatureMap& map, Band band) {
  const Band inside{std::max<int64_t>(0, band.begin - 1), std::min(map.height, band.end + 1)};
  if (!ops::SeamlessConvolutions::are_on()) return map.rows(inside);
  std::vector<at::Tensor> rows;
  if (band.begin == 0) rows.push_back(map.rows({map.height - 1, map.height}));
  rows.push_back(map.rows(inside));
  if (band.end == map.height) rows.push_back(map.rows({0, 1}));
  return at::cat(rows, 2);
}

/// A 3x3 convolution. What it makes of the rows around a band is cut off, and with it the padding that only the map's
/// own edges have.
FeatureMap convolved(const nn::Conv2d& conv, const FeatureMap& map) {
  return {map.height, map.width, [&conv, map](Band band) {
            const at::Tensor rows = rows_with_neighbours(map, band);
            const bool has_row_above = band.begin > 0 || ops::SeamlessConvolutions::are_on();
            return conv.forward(rows).narrow(2, has_row_above ? 1 : 0, band.size());
          }};
}

FeatureMap enlarged(const at::Tensor& x) {
  return {2 * x.size(2), 2 * x.size(3), [x](Band band) {
            const int64_t first = band.begin / 2, last = (band.end + 1) / 2;
            return ops::upsample_nearest_2x(x.narrow(2, first, last - first))
                .narrow(2, band.begin - 2 * first, band.size());
          }};
}

/// The encoder's halving convolution, with one row and column of zeros after the last ones.
FeatureMap halved(const nn::Conv2d& conv, const FeatureMap& x) {
  return {x.height / 2, x.width / 2, [&conv, x](Band band) {
            const int64_t end = std::min(x.height, 2 * band.end + 1);
            const at::Tensor rows = x.rows({2 * band.begin, end});
            return conv.forward(ops::pad_end(rows, 2 * band.end + 1 - end, 1));
          }};
}

/// What norm and SiLU do to a map whose mean and variance are known.
struct Affine {
  at::Tensor scale, shift;  // [C], fp32

  FeatureMap of(const FeatureMap& map) const {
    return {map.height, map.width,
            [map, affine = *this](Band band) { return ops::affine_silu(map.rows(band), affine.scale, affine.shift); }};
  }
};

/// Mean and variance of each channel over the bands that have been added (Chan et al. 1979, updating formulae).
class ChannelStatistics {
 public:
  void add(const at::Tensor& rows) {
    const ops::ChannelMoments moments = ops::channel_moments(rows);
    merge(moments.mean, moments.variance, static_cast<double>(rows.size(2) * rows.size(3)));
  }

  /// What norm and SiLU do to a map with these statistics, all groups of which take part as a whole.
  Affine affine(const nn::GroupNorm& norm) const {
    const at::Tensor means = mean_.view({kGroups, -1});
    const at::Tensor mean = means.mean(1, /*keepdim=*/true);
    const at::Tensor variance = variance_.view({kGroups, -1}).mean(1, true) + (means - mean).square().mean(1, true);
    const at::Tensor scale = norm.weight.to(at::kDouble).view({kGroups, -1}) / (variance + norm.eps).sqrt();
    const at::Tensor shift = norm.bias.to(at::kDouble).view({kGroups, -1}) - mean * scale;
    const auto for_channels = [](const at::Tensor& values) { return values.to(at::kFloat).flatten(); };
    return {for_channels(scale), for_channels(shift)};
  }

 private:
  void merge(const at::Tensor& mean, const at::Tensor& variance, double count) {
    if (count_ == 0) {
      mean_ = mean;
      variance_ = variance;
    } else {
      const double share = count / (count_ + count);
      const at::Tensor step = mean - mean_;
      variance_ = variance_ * (1 - share) + variance * share + step.square() * (share * (1 - share));
      mean_ = mean_ + step * share;
    }
    count_ += count;
  }

  at::Tensor mean_, variance_;  // [C], double
  double count_ = 0;
};

Affine affine_of(const nn::GroupNorm& norm, const FeatureMap& map, BandOptions options) {
  ChannelStatistics statistics;
  for (const Band band : bands_of(map, options)) statistics.add(map.rows(band));
  return statistics.affine(norm);
}

FeatureMap norm_silu(const nn::GroupNorm& norm, const FeatureMap& map, BandOptions options) {
  return affine_of(norm, map, options).of(map);
}

/// A residual block. Where x is stored and has the result's width, it becomes the result: then two maps exist, else two
/// beside x.
at::Tensor run_block(const AutoencoderResBlock& block, const FeatureMap& x, BandOptions options) {
  const at::Tensor h = collected(convolved(block.conv1, norm_silu(block.norm1, x, options)), options);
  const FeatureMap branch = convolved(block.conv2, norm_silu(block.norm2, stored(h), options));
  if (x.whole.defined() && !block.shortcut) {
    for (const Band band : bands_of(x, options)) x.rows(band).add_(branch.rows(band));
    return x.whole;
  }
  const FeatureMap sum{x.height, x.width, [&](Band band) {
                         const at::Tensor rows = x.rows(band);
                         return (block.shortcut ? block.shortcut->forward(rows) : rows) + branch.rows(band);
                       }};
  return collected(sum, options);
}

/// A residual block that is computed anew whenever rows of it are asked for. It asks x for each of them once: its two
/// convolutions and the sum share what x gave.
FeatureMap unstored_block(const AutoencoderResBlock& block, const FeatureMap& x, BandOptions options) {
  const Affine first = affine_of(block.norm1, x, options);
  const Affine second = affine_of(block.norm2, convolved(block.conv1, first.of(x)), options);
  return {x.height, x.width, [&block, x, first, second](Band band) {
            const Band near{std::max<int64_t>(0, band.begin - 2), std::min(x.height, band.end + 2)};
            const at::Tensor rows = x.rows(near);
            const FeatureMap known{x.height, x.width, [rows, near](Band part) {
                                     return rows.narrow(2, part.begin - near.begin, part.size());
                                   }};
            const at::Tensor inner = known.rows(band);
            const FeatureMap branch = convolved(block.conv2, second.of(convolved(block.conv1, first.of(known))));
            return (block.shortcut ? block.shortcut->forward(inner) : inner) + branch.rows(band);
          }};
}

FeatureMap unstored_blocks(const AutoencoderLevel& level, FeatureMap x, BandOptions options) {
  for (const AutoencoderResBlock& block : level.blocks) x = unstored_block(block, x, options);
  return x;
}

/// Whether a level's maps are rather computed again and again than stored: those of the two largest sizes.
bool is_unstored(std::size_t level, BandOptions options) {
  // Rows of seamless maps have their neighbours at the other end, which a band does not know.
  return !options.stores_wide_maps && level < 2 && !ops::SeamlessConvolutions::are_on();
}

at::Tensor run_blocks(const AutoencoderLevel& level, FeatureMap x, BandOptions options) {
  for (const AutoencoderResBlock& block : level.blocks) x = stored(run_block(block, x, options));
  return x.whole;
}

at::Tensor decode_one(const AutoencoderKL& autoencoder, const at::Tensor& latent, BandOptions options) {
  const Decoder& decoder = autoencoder.decoder();
  FeatureMap x = stored(autoencoder.begin_decode(latent));
  for (std::size_t level = decoder.levels.size(); level-- > 0;) {
    const AutoencoderLevel& here = decoder.levels[level];
    if (is_unstored(level, options)) {
      x = unstored_blocks(here, std::exchange(x, {}), options);
      if (level > 0) x = stored(collected(x, options));
    } else {
      x = stored(run_blocks(here, std::exchange(x, {}), options));
    }
    if (level == 0) break;
    x = convolved(*here.resample, enlarged(x.whole));
    // The last and widest of these is rather computed three times than stored.
    if (level > 1 && !is_unstored(level - 1, options)) x = stored(collected(x, options));
  }
  return collected(convolved(decoder.conv_out, norm_silu(decoder.norm_out, x, options)), options);
}

at::Tensor encode_one(const AutoencoderKL& autoencoder, const at::Tensor& image, BandOptions options) {
  const Encoder& encoder = autoencoder.encoder();
  FeatureMap x = convolved(encoder.conv_in, stored(image));
  for (std::size_t level = 0; level < encoder.levels.size(); ++level) {
    const AutoencoderLevel& here = encoder.levels[level];
    x = is_unstored(level, options) ? unstored_blocks(here, std::exchange(x, {}), options)
                                    : stored(run_blocks(here, std::exchange(x, {}), options));
    if (here.resample) x = stored(collected(halved(*here.resample, x), options));
  }
  return autoencoder.finish_encode(x.whole.defined() ? x.whole : collected(x, options));
}

}  // namespace

at::Tensor decode_in_bands(const AutoencoderKL& autoencoder, const at::Tensor& latent, BandOptions options) {
  std::vector<at::Tensor> images;
  for (const at::Tensor& one : latent.split(1)) images.push_back(decode_one(autoencoder, one, options));
  return at::cat(images);
}

at::Tensor encode_in_bands(const AutoencoderKL& autoencoder, const at::Tensor& image, BandOptions options) {
  std::vector<at::Tensor> latents;
  for (const at::Tensor& one : image.split(1)) {
    latents.push_back(encode_one(autoencoder, one.contiguous(at::MemoryFormat::ChannelsLast), options));
  }
  return at::cat(latents);
}

int64_t decode_bytes(const AutoencoderKLConfig& config, int64_t height, int64_t width, at::ScalarType type) {
  // The first block at the image's size takes the width of the level before. There are its input, that normalised, the
  // first convolution's result, and about as much again that convolutions reorder and the allocator keeps.
  constexpr int64_t kMapsAtOnce = 4;
  constexpr int64_t kMostScores = int64_t{64} << 20;  // ops::attention's, as they are and after softmax
  const int64_t channels = config.channels * config.channel_mult[config.channel_mult.size() > 1 ? 1 : 0];
  const int64_t cells = height * width, pixels = cells * config.downscale() * config.downscale();
  const int64_t scores = cells > kMostScores / cells ? kMostScores : cells * cells;
  return (kMapsAtOnce * pixels * channels + 2 * scores) * static_cast<int64_t>(c10::elementSize(type));
}

int64_t lean_decode_bytes(const AutoencoderKLConfig& config, int64_t height, int64_t width, at::ScalarType type) {
  // Stored are the maps at a half and at a quarter of the image's size.
  const auto channels_at = [&](std::size_t level) {
    return config.channels * config.channel_mult[std::min(level, config.channel_mult.size() - 1)];
  };
  const int64_t pixels = height * width * config.downscale() * config.downscale();
  const int64_t stored = pixels / 4 * channels_at(1) + pixels / 16 * channels_at(2);
  // Of a band there are a few maps of the width that comes in, with the rows around it.
  const int64_t rows = kLeanBands.pixels + 16 * config.downscale() * width;
  return (stored + 6 * rows * channels_at(1)) * static_cast<int64_t>(c10::elementSize(type));
}

}  // namespace fude::models
