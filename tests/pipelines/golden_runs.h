#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/base64.h"
#include "io/images/png_file.h"
#include "io/tensor_file.h"
#include "pipelines/request_json.h"
#include "pipelines/text_to_image.h"
#include "tests/support/golden.h"
#include "tests/support/tiny_model.h"

/// Runs recorded from the original program, made again from the request a client would send.
namespace fude::pipelines {

inline PictureModel load(const std::string& model, const EngineOptions& engine = {}) {
  GenerationRequest request;
  request.model = tests::tiny_model(model).string();
  PictureModel loaded = load_picture_model(ModelLibrary("no-such-folder"), request, engine);
  loaded.hash = std::string("0123456789");  // what the reference program was made to say
  return loaded;
}

struct Outcome {
  LatentRecord latents;
  std::vector<FinishedPicture> pictures;
  int steps = 0;
};

inline Outcome run(PictureModel& model, const GenerationRequest& request) {
  Outcome outcome;
  outcome.latents = text_to_image(
      model, request,
      {.on_step = [&](int done, int) { outcome.steps = done; },
       .on_picture = [&](FinishedPicture picture, const StageSeconds&) { outcome.pictures.push_back(picture); }});
  return outcome;
}

// A recorded picture or mask as a PNG file in base64.
inline std::string base64_png(const at::Tensor& recorded) {
  const at::Tensor bytes = recorded.contiguous();
  io::Image image{.width = static_cast<int>(bytes.size(1)),
                  .height = static_cast<int>(bytes.size(0)),
                  .channels = bytes.dim() == 3 ? static_cast<int>(bytes.size(2)) : 1,
                  .pixels = {}};
  image.pixels.assign(bytes.data_ptr<std::uint8_t>(), bytes.data_ptr<std::uint8_t>() + bytes.numel());
  return base64_encode(io::encode_png(image));
}

// The pictures that a golden case starts from.
inline void add_pictures(nlohmann::json& body, const nlohmann::json& golden) {
  if (!golden.contains("inputs")) return;
  for (const auto& [member, id] : golden["inputs"].items()) {
    const std::string name = id.get<std::string>();
    at::Tensor recorded;
    for (const char* file : {"trajectories/_inputs.safetensors", "trajectories/_inputs_extra.safetensors"}) {
      const auto tensors = io::TensorFile::open(tests::golden_path(file));
      if (tensors.tensors().contains(name)) recorded = tensors.tensor(name);
    }
    if (member == "input.image") body["init_images"] = nlohmann::json::array({base64_png(recorded)});
    if (member == "input.mask") body["mask"] = base64_png(recorded);
  }
}

// The body a client would send for a golden case.
inline GenerationRequest golden_request(const nlohmann::json& golden) {
  nlohmann::json body = golden["params"];
  add_pictures(body, golden);
  nlohmann::json settings = {{"randn_source", "CPU"}};
  settings.update(golden["options"]);
  body["override_settings"] = settings;
  GenerationRequest request = parse_request(body.dump()).request;
  normalise(request);
  resolve_seeds(request);
  return request;
}

// A small picture by the smallest model.
inline GenerationRequest cat_request(int steps, int side) {
  GenerationRequest request;
  request.prompt = "a cat";
  request.seed = 7;
  request.subseed = 0;
  request.steps = steps;
  request.sampler = "Euler a";
  request.width = request.height = side;
  return request;
}

// Bytes of two pictures that differ, and by how much at most.
struct ByteDifference {
  double share = 0;
  int most = 0;
};

inline ByteDifference difference(const io::Image& image, const at::Tensor& expected) {
  const at::Tensor flat = expected.contiguous().flatten();
  EXPECT_EQ(static_cast<int64_t>(image.pixels.size()), flat.numel());
  const auto* bytes = flat.data_ptr<std::uint8_t>();
  ByteDifference result;
  for (std::size_t i = 0; i < image.pixels.size(); ++i) {
    const int apart = std::abs(int{image.pixels[i]} - int{bytes[i]});
    result.share += apart != 0;
    result.most = std::max(result.most, apart);
  }
  result.share /= static_cast<double>(image.pixels.size());
  return result;
}

// "Version: ..." is each program's own.
inline std::string without_version(const std::string& infotext) {
  return infotext.substr(0, infotext.rfind(", Version: "));
}

// As stated with the recordings.
inline double tolerance_of(const std::string& name) {
  if (name.ends_with("dpm_adaptive")) return 1e-3;            // adaptive steps amplify rounding
  if (name.starts_with("hires.image_upscaler")) return 1e-3;  // 8 bits in the middle
  return name.ends_with("zero_terminal_snr") ? 3e-4 : 1e-4;
}

}  // namespace fude::pipelines
