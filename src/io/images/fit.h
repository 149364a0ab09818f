#pragma once

#include <functional>

#include "io/images/image.h"

namespace fude::io {

/// What happens to a picture whose sides have another ratio than those it is to have.
enum class FitMode {
  kStretch,  // it is distorted
  kCrop,     // it covers the new size, and what hangs over on two sides is cut off
  kFill,     // it lies inside the new size, and its edges are drawn out over what stays free
};

/// (picture, factor > 1) -> a larger picture of any size.
using Enlarge = std::function<Image(const Image& image, double factor)>;

/// The picture at another size, by the rules of the web UI's resize modes 0 to 2. It is resized with Lanczos' filter;
/// where it must grow and there is an `enlarge`, that goes first. Errors as resample().
Image fit(const Image& image, int width, int height, FitMode mode, const Enlarge& enlarge = {});

}  // namespace fude::io
