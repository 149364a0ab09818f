#include "pipelines/upscale_picture.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "core/error.h"
#include "core/platform/memory.h"
#include "io/images/composite.h"
#include "io/images/png_file.h"
#include "models/upscalers/tiles.h"
#include "pipelines/infotext_values.h"

namespace fude::pipelines {
namespace {

constexpr int kMostRuns = 3;

struct Size {
  int width = 0, height = 0;
};

io::Image lanczos(const io::Image& image, const Size& size) {
  return io::resample(image, size.width, size.height, io::ResampleFilter::kLanczos);
}

// An RGB picture with the transparency of another, whose size it may differ from.
io::Image with_alpha_of(const io::Image& rgb, const io::Image& original) {
  if (original.channels != 4) return rgb;
  const io::Image alpha = lanczos(io::alpha_of(original), {rgb.width, rgb.height});
  io::Image image{.width = rgb.width, .height = rgb.height, .channels = 4, .pixels = {}};
  image.pixels.reserve(alpha.pixels.size() * 4);
  for (std::size_t i = 0; i < alpha.pixels.size(); ++i) {
    image.pixels.insert(image.pixels.end(), &rgb.pixels[3 * i], &rgb.pixels[3 * i] + 3);
    image.pixels.push_back(alpha.pixels[i]);
  }
  return image;
}

std::string describe(const models::Upscaler& network, const io::Image& image, const models::TileOptions& tiles,
                     const TileWish& wish) {
  const std::uint64_t megabytes = models::tile_bytes(network, image.width, image.height, tiles) >> 20;
  const bool is_whole = tiles.side <= 0 || (image.width <= tiles.side && image.height <= tiles.side);
  const std::string pieces = is_whole ? "in one piece" : fmt::format("in tiles of {} pixels", tiles.side);
  return fmt::format("{}x{} pixels {}{}: about {} MB", image.width, image.height, pieces,
                     tiles.side == wish.side ? "" : ", since memory is short", std::max<std::uint64_t>(1, megabytes));
}

io::Image run_network(const models::Upscaler& network, const io::Image& rgb, const TileWish& wish,
                      const UpscaleEvents& events) {
  const models::TileOptions tiles = models::within_memory(
      network, rgb.width, rgb.height, {.side = wish.side, .overlap = wish.overlap}, platform::available_memory());
  if (events.on_plan) events.on_plan(describe(network, rgb, tiles, wish));
  return models::enlarge_in_tiles(network, rgb, tiles, [&events](std::int64_t done, std::int64_t total) {
    if (events.on_tile) events.on_tile(done, total);
  });
}

bool covers(const io::Image& image, const Size& size) {
  return image.width >= size.width && image.height >= size.height;
}

// Runs the network until the picture covers `size`, at least once; a network that does not enlarge runs once.
io::Image run_until_covered(const models::Upscaler& network, const io::Image& picture, const Size& size,
                            const TileWish& wish, const UpscaleEvents& events) {
  io::Image rgb = io::colours_of(picture);
  for (int run = 0; run < kMostRuns && (run == 0 || !covers(rgb, size)); ++run) {
    rgb = run_network(network, rgb, wish, events);
    if (network.scale() == 1) break;
  }
  return with_alpha_of(rgb, picture);
}

void check_size(const Size& size) {
  if (size.width >= 1 && size.height >= 1 && std::int64_t{size.width} * size.height <= io::kMostPixels) return;
  fail(ErrorCode::kInvalidArgument, "the enlarged picture would have {}x{} pixels, expected at most {} in all",
       size.width, size.height, io::kMostPixels);
}

int scaled(int side, double factor) { return static_cast<int>(std::min(side * factor, 1e9)); }

// The web UI's rule; what it makes nothing of stays as it is.
int floored_to_8(int side) { return side >= 8 ? side / 8 * 8 : side; }

// The middle of a picture that covers the size.
io::Image cropped(const io::Image& image, const Size& size) {
  const int left = (image.width - size.width) / 2, top = (image.height - size.height) / 2;
  const auto channels = static_cast<std::size_t>(image.channels);
  const std::size_t row = static_cast<std::size_t>(size.width) * channels;
  io::Image part{.width = size.width, .height = size.height, .channels = image.channels, .pixels = {}};
  part.pixels.reserve(row * static_cast<std::size_t>(size.height));
  for (int y = top; y < top + size.height; ++y) {
    const std::size_t begin =
        (static_cast<std::size_t>(y) * static_cast<std::size_t>(image.width) + static_cast<std::size_t>(left)) *
        channels;
    part.pixels.insert(part.pixels.end(), image.pixels.data() + begin, image.pixels.data() + begin + row);
  }
  return part;
}

using Notes = std::vector<std::pair<std::string, std::string>>;

std::string text_of(const Notes& notes) {
  std::string text;
  for (const auto& [key, value] : notes) text += (text.empty() ? "" : ", ") + key + ": " + quote(value);
  return text;
}

// The size the picture is brought to before it is cropped, and what is noted of it.
Size wanted_size(const io::Image& picture, const UpscaleRequest& request, Notes& notes) {
  if (request.mode == 1) {
    notes.emplace_back("Postprocess upscale to", fmt::format("{}x{}", request.width, request.height));
    const double by = std::max(static_cast<double>(request.width) / picture.width,
                               static_cast<double>(request.height) / picture.height);
    const auto side = [by](int length, int wanted) { return std::max(wanted, scaled(length, by)); };
    return {.width = side(picture.width, request.width), .height = side(picture.height, request.height)};
  }
  notes.emplace_back("Postprocess upscale by", fmt::format("{}", request.factor));
  double by = request.factor;
  const int longest = std::max(picture.width, picture.height);
  if (request.longest_side > 0 && scaled(longest, by) > request.longest_side) {
    notes.emplace_back("Max side length", std::to_string(request.longest_side));
    by = static_cast<double>(request.longest_side) / longest;
    return {.width = std::max(1, static_cast<int>(std::lround(picture.width * by))),
            .height = std::max(1, static_cast<int>(std::lround(picture.height * by)))};
  }
  return {.width = floored_to_8(scaled(picture.width, by)), .height = floored_to_8(scaled(picture.height, by))};
}

}  // namespace

io::Image enlarge_to(const LoadedUpscaler& upscaler, const io::Image& picture, int width, int height,
                     const TileWish& tiles, const UpscaleEvents& events) {
  const Size size{.width = width, .height = height};
  check_size(size);
  if (!upscaler.network) return io::resample(picture, width, height, upscaler.filter);
  const bool is_smaller = width <= picture.width && height <= picture.height;
  if (is_smaller && upscaler.network->scale() > 1 && (width < picture.width || height < picture.height))
    return lanczos(picture, size);
  return lanczos(run_until_covered(*upscaler.network, picture, size, tiles, events), size);
}

io::Image enlarge(const LoadedUpscaler& upscaler, const io::Image& picture, double factor, const TileWish& tiles,
                  const UpscaleEvents& events) {
  const int width = scaled(picture.width, factor), height = scaled(picture.height, factor);
  const Size size{.width = floored_to_8(width), .height = floored_to_8(height)};
  if (upscaler.network) return enlarge_to(upscaler, picture, size.width, size.height, tiles, events);
  check_size({.width = width, .height = height});
  // In two steps, as the web UI does: to the factor, then to the size.
  return lanczos(io::resample(picture, width, height, upscaler.filter), size);
}

UpscaledPicture upscale_picture(const io::Image& picture, const UpscaleRequest& request, const LoadedUpscaler& first,
                                const LoadedUpscaler& second, const UpscaleEvents& events) {
  check(request);
  if (first.is_none) return {.image = picture, .text = {}};
  Notes notes;
  const Size size = wanted_size(picture, request, notes);
  const TileWish tiles{.side = request.tile, .overlap = request.tile_overlap};
  const bool crops = request.mode == 1 && request.crops;
  const auto made = [&](const LoadedUpscaler& upscaler) {
    io::Image image = enlarge_to(upscaler, picture, size.width, size.height, tiles, events);
    return crops ? cropped(image, {.width = request.width, .height = request.height}) : std::move(image);
  };
  UpscaledPicture result{.image = made(first), .text = {}};
  if (crops) notes.emplace_back("Postprocess crop to", fmt::format("{}x{}", request.width, request.height));
  notes.emplace_back("Postprocess upscaler", first.name);
  if (request.second_share > 0 && !second.is_none) {
    result.image = io::blended(result.image, made(second), request.second_share);
    notes.emplace_back("Postprocess upscaler 2", second.name);
  }
  result.text = text_of(notes);
  return result;
}

}  // namespace fude::pipelines
