#pragma once

#include <string>

#include "io/images/fit.h"
#include "pipelines/picture_model.h"

namespace fude::pipelines {

/// What enlarges pictures by a name: "None" and "Lanczos" (nothing, io::fit() does it then), "Nearest".
/// Throws Error(kNotFound) for a name that nothing has.
io::Enlarge find_enlarger(const PictureModel& model, const std::string& name);

}  // namespace fude::pipelines
