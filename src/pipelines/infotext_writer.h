#pragma once

#include <string>
#include <vector>

#include "pipelines/generation_request.h"

namespace fude::pipelines {

/// A file that took part, as a picture's text names it: "name: hash".
struct UsedNetwork {
  std::string name;
  std::string hash;  // 12 digits; empty: not written
};

/// A network's name in a list of hashes: without the characters that part names from hashes and pairs from each other.
std::string listed_name(std::string name);

/// What the request alone does not tell: which files were used and what was done with them.
struct InfotextContext {
  std::string model_name{};
  std::string model_hash{};  // first 10 hex digits of the file's SHA-256; empty: not written
  std::string vae_name{};    // empty: the model's own
  std::string vae_hash{};
  std::vector<UsedNetwork> loras{};
  std::vector<UsedNetwork> hypernetworks{};
  std::vector<UsedNetwork> words{};  // textual inversions
  std::string version{};             // empty: version_line()
  bool was_sampled = true;           // false: before the run, when it is not yet known which settings act
  std::string refiner{};             // "name [hash]" of the model that made the last steps; empty: none did
  bool has_mask_channels = false;    // the model takes a mask and the picture below it: an inpainting model
  double image_cfg_scale = 0;        // of an instruct-pix2pix model that was shown a picture; 0: not written
  bool padded_conds = false;         // pad_cond_uncond had something to do
  std::string engine{};              // what it was computed on and in (making_notes.h); empty: not written, nor is what
                                     // goes with it
  std::vector<UsedNetwork> parts{};  // further files and pictures that took part, by what they did
};

/// "fude-0.1.0".
std::string version_line();

/// The text stored with one picture, from which it can be made again, in the web UI's format and order of keys:
///
///     <prompt, may be many lines>
///     Negative prompt: <may be many lines; left out when empty>
///     Steps: 20, Sampler: Euler a, ..., Version: fude-0.1.0, Fude engine: cpu bf16 amx
///
/// The request must be normalised and have the picture's own seeds (request_of_image()). A pair of request.extra
/// replaces one of the same key.
std::string write_infotext(const GenerationRequest& request, const InfotextContext& context);

}  // namespace fude::pipelines
