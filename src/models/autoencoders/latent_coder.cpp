#include "models/autoencoders/latent_coder.h"

#include "core/error.h"

namespace fude::models {
namespace {

/// One direction, the whole at once and piece by piece.
struct Direction {
  at::Tensor (*whole)(const AutoencoderKL&, const at::Tensor&);
  at::Tensor (*in_pieces)(const AutoencoderKL&, const at::Tensor&, BandOptions);
};

const Direction kDecode{
    .whole = [](const AutoencoderKL& autoencoder, const at::Tensor& latent) { return autoencoder.decode(latent); },
    .in_pieces = decode_in_bands};
const Direction kEncode{
    .whole = [](const AutoencoderKL& autoencoder, const at::Tensor& image) { return autoencoder.encode(image); },
    .in_pieces = encode_in_bands};

/// Of a picture in latent cells.
struct Size {
  int64_t height, width;
};

// The tensor library's type for this is not the same in all versions and on all devices.
bool is_out_of_memory(const c10::Error& error) {
  const std::string_view message = error.what_without_backtrace();
  return message.find("out of memory") != message.npos || message.find("allocate memory") != message.npos;
}

VaeTiling tiling_of(const std::optional<BandOptions>& bands) {
  if (!bands) return VaeTiling::kOff;
  return bands->stores_wide_maps ? VaeTiling::kOn : VaeTiling::kLean;
}

// The largest pieces that the memory is enough for; on a GPU that is not known before.
at::Tensor run(const LatentCoder& coder, const Direction& direction, const at::Tensor& input, Size size) {
  std::optional<BandOptions> bands = bands_for(coder, size.height, size.width);
  for (;;) {
    try {
      at::Tensor result =
          bands ? direction.in_pieces(coder.autoencoder, input, *bands) : direction.whole(coder.autoencoder, input);
      if (coder.on_done) coder.on_done(tiling_of(bands));
      return result;
    } catch (const c10::Error& error) {
      const bool is_last = coder.tiling == VaeTiling::kOff || (bands && !bands->stores_wide_maps);
      if (is_last || !is_out_of_memory(error)) throw;
    }
    bands = bands ? kLeanBands : BandOptions{};
  }
}

at::Tensor run_to_numbers(const LatentCoder& coder, const Direction& direction, const at::Tensor& input, Size size) {
  const auto is_finite = [](const at::Tensor& result) { return result.isfinite().all().item<bool>(); };
  at::Tensor result = run(coder, direction, input, size).to(at::kFloat);
  if (is_finite(result)) return result;
  if (input.scalar_type() != at::kFloat && coder.in_single_precision) {
    const AutoencoderKL precise = coder.in_single_precision();
    const LatentCoder again{.autoencoder = precise,
                            .tiling = coder.tiling,
                            .free_bytes = coder.free_bytes,
                            .in_single_precision = {},
                            .on_done = coder.on_done};
    result = run(again, direction, input.to(at::kFloat), size);
    if (is_finite(result)) return result;
  }
  fail(ErrorCode::kUnsupportedModel,
       "the autoencoder gave values that are no numbers, expected a finite picture; try another with --vae");
}

}  // namespace

VaeTiling vae_tiling_from(std::string_view name) {
  if (name == "auto") return VaeTiling::kAuto;
  if (name == "on") return VaeTiling::kOn;
  if (name == "off") return VaeTiling::kOff;
  if (name == "lean") return VaeTiling::kLean;
  fail(ErrorCode::kInvalidArgument, "vae tiling is '{}', expected auto, on, off or lean", printable(name, 40));
}

std::string_view name_of(VaeTiling tiling) {
  switch (tiling) {
    case VaeTiling::kOn: return "on";
    case VaeTiling::kOff: return "off";
    case VaeTiling::kLean: return "lean";
    case VaeTiling::kAuto: break;
  }
  return "auto";
}

std::optional<BandOptions> bands_for(const LatentCoder& coder, int64_t height, int64_t width) {
  if (coder.tiling == VaeTiling::kOff) return std::nullopt;
  if (coder.tiling == VaeTiling::kLean) return kLeanBands;
  const int64_t needed = decode_bytes(coder.autoencoder.config(), height, width, coder.autoencoder.type());
  const auto fits = [&](int64_t bytes) {
    return !coder.free_bytes || static_cast<std::uint64_t>(bytes) <= *coder.free_bytes;
  };
  if (coder.tiling == VaeTiling::kAuto && fits(needed)) return std::nullopt;
  return fits(needed / 2) ? BandOptions{} : kLeanBands;
}

at::Tensor decode_latent(const LatentCoder& coder, const at::Tensor& latent) {
  return run_to_numbers(coder, kDecode, latent, {.height = latent.size(2), .width = latent.size(3)});
}

at::Tensor encode_image(const LatentCoder& coder, const at::Tensor& image) {
  const int64_t cell = coder.autoencoder.config().downscale();
  return run_to_numbers(coder, kEncode, image, {.height = image.size(2) / cell, .width = image.size(3) / cell});
}

}  // namespace fude::models
