#pragma once

#include <string_view>

#include "diffusion/sampler_names.h"

namespace fude::pipelines {

/// What a picture's stored text means, by the web UI's rules: never fails, an unknown sampler becomes the first one, an
/// unknown schedule Automatic, and a schedule that is the sampler's own is shown as Automatic. An absent sampler is the
/// first.
diffusion::SamplerNames sampler_from_infotext(std::string_view sampler, std::string_view schedule);

}  // namespace fude::pipelines
