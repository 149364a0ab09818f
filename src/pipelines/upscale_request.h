#pragma once

#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace fude::pipelines {

/// Everything a user can say about enlarging a picture. The values below are the defaults of the command line; what a
/// member is called elsewhere stands in upscale_fields().
struct UpscaleRequest {
  int mode = 0;          // 0: by a factor, 1: to a size
  double factor = 4;     // mode 0
  int longest_side = 0;  // mode 0: pixels that no side may have more of; 0: no bound
  int width = 512;       // mode 1, pixels
  int height = 512;      // mode 1
  bool crops = true;     // mode 1: cut off what hangs over; false: keep it
  std::string upscaler = "None";
  std::string second_upscaler = "None";
  double second_share = 0;           // 0..1 of the second upscaler's picture in the blend
  double gfpgan_visibility = 0;      // 0..1 of the picture whose faces GFPGAN restored; 0: not
  double codeformer_visibility = 0;  // the same of CodeFormer, which comes after it
  double codeformer_weight = 0;      // 0..1: how closely CodeFormer keeps to the picture
  int tile = 192;                    // pixels; 0: no tiles
  int tile_overlap = 32;             // pixels
};

using UpscaleMember = std::variant<bool UpscaleRequest::*, int UpscaleRequest::*, double UpscaleRequest::*,
                                   std::string UpscaleRequest::*>;

/// One knob and what it is called everywhere.
struct UpscaleField {
  std::string_view name{};     // in the JSON bodies of extra-single-image and extra-batch-images; empty: only a setting
  std::string_view setting{};  // id among the settings; empty: none
  UpscaleMember member{};
  double minimum = 0;
  double maximum = 0;  // numbers only; both 0: no bound
  std::string_view help{};
  std::string_view help_ja{};
};

std::span<const UpscaleField> upscale_fields();

/// Throws Error(kInvalidArgument) that names the first member out of its range.
void check(const UpscaleRequest& request);

}  // namespace fude::pipelines
