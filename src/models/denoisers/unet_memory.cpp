#include "models/denoisers/unet_memory.h"

#include <algorithm>

namespace fude::models {
namespace {

// Maps beside the level's own width C that a transformer block keeps at its widest point, the gated layer of four times
// the width: what goes into it, its norm and the residual (3 C), both halves (8 C), the gate's GELU and the product
// (4 C each).
constexpr std::int64_t kTransformerMaps = 3 + 8 + 4 + 4;

// ops::attention keeps that many scores of the fallback, as they are and after softmax, when the library cannot do
// without.
constexpr std::int64_t kMostScores = 2 * (std::int64_t{64} << 20);

std::int64_t scores(const UNetConfig& config, std::int64_t channels, std::int64_t tokens) {
  const std::int64_t heads = config.heads_at(channels);
  return tokens > kMostScores / std::max<std::int64_t>(1, tokens * heads) ? kMostScores : 2 * heads * tokens * tokens;
}

}  // namespace

std::int64_t unet_work_bytes(const UNetConfig& config, const UNetInput& input, std::int64_t number_bytes) {
  std::int64_t height = input.height, width = input.width, kept = 0, most = 0, most_scores = 0;
  for (std::size_t level = 0; level < config.channel_mult.size(); ++level) {
    const std::int64_t pixels = height * width;
    const std::int64_t channels = config.channel_mult[level] * config.model_channels;
    const std::int64_t above = config.channel_mult[level == 0 ? 0 : level - 1] * config.model_channels;
    const std::size_t deeper = std::min(level + 1, config.channel_mult.size() - 1);
    const std::int64_t below = config.channel_mult[deeper] * config.model_channels;
    // On the way up at this level all that was kept on the way down here and above still waits to be joined.
    kept += pixels * (config.res_blocks * channels + above);
    // A residual block there: what came up, that joined with what was kept, the norm of both, two convolutions' results
    // and the skip connection's.
    const std::int64_t res_block = below + 2 * (below + channels) + 3 * channels;
    const bool has_transformer = config.transformer_depth[level] > 0;
    most = std::max(most, kept + pixels * std::max(res_block, has_transformer ? kTransformerMaps * channels : 0));
    if (has_transformer) most_scores = std::max(most_scores, scores(config, channels, pixels));
    height = (height + 1) / 2;
    width = (width + 1) / 2;
  }
  // A quarter more for what convolutions work in and what the allocator rounds up.
  const std::int64_t numbers = input.pictures * most;
  return (numbers + numbers / 4 + std::min(kMostScores, input.pictures * most_scores)) * number_bytes;
}

}  // namespace fude::models
