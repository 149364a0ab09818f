#pragma once

#include <string_view>

#include "io/tensor_record.h"

namespace fude::io {

/// Makes the scales of 8-bit weights part of their records and takes what belongs to them out of the listing, so that
/// nobody above meets a weight without its scale. Files that ComfyUI reads store beside an 8-bit "NAME.weight" a float
/// tensor "NAME.scale_weight" (or "NAME.weight_scale") of one element, or one for each row; the weight meant is their
/// product. "NAME.scale_input", "NAME.comfy_quant" and the mark "scaled_fp8" concern arithmetic in 8 bits only.
/// Throws Error(kCorruptFile) when a scale is of another size or type, or not finite.
void attach_scales(TensorListing& listing, std::string_view file_name);

}  // namespace fude::io
