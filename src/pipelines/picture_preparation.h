#pragma once

#include <optional>
#include <string>
#include <vector>

#include "io/images/composite.h"
#include "io/images/fit.h"
#include "io/images/image.h"
#include "pipelines/generation_request.h"
#include "pipelines/inpaint_mask.h"

namespace fude::pipelines {

/// The pictures that a run starts from, ready to be encoded, and what is to be done with its result.
struct PreparedPictures {
  std::vector<io::Image> pictures = {};        // RGB, of the request's size; with resize mode 3 of their own
  std::optional<io::Image> mask = {};          // grey, of the request's size: what is made anew
  std::optional<io::Image> latent_mask = {};   // the same for the latent; present where mask is
  std::optional<io::Image> overlay_mask = {};  // grey, of the overlays' size: what they leave free
  std::vector<io::Image> overlays = {};        // RGBA, one for each of `pictures`: what stays; empty without a mask
  std::vector<io::Image> originals = {};       // RGB, what the overlays were made of
  std::vector<io::Image> colours = {};         // RGB, what the results' colours are to be; empty: they stay
  std::optional<Region> place = {};            // of the result in the overlay; absent: all of it
  std::vector<std::string> warnings = {};      // one line each

  bool is_inpainting() const { return mask.has_value(); }
};

/// What lies below the transparent parts of the request's pictures; its colour must be normalised.
io::Rgb background_of(const GenerationRequest& request);

/// What enlarges a picture by a name; empty where the name stands for nothing.
using FindEnlarger = std::function<io::Enlarge(const std::string& name)>;

/// Decodes, turns upright, flattens, masks, crops and resizes request.sources, as the web UI's img2img does. Gives the
/// request a size where it has none: the picture's, in multiples of 8, at most four times the model's native area.
/// An empty mask in inpainting of the masked part alone is left out with a warning; batch_size becomes the number of
/// pictures where there are several. Throws Error(kInvalidArgument): a picture that cannot be read or has less than 8
/// pixels a side, a mask of another size.
PreparedPictures prepare_pictures(GenerationRequest& request, int native_size, const FindEnlarger& find_enlarger);

/// Checks the pictures of a request before a model is loaded for them. Throws as prepare_pictures(), and where there is
/// nothing white in the mask.
void check_pictures(const GenerationRequest& request);

}  // namespace fude::pipelines
