#include "models/face_restoration/retina_face.h"

#include <string>

#include "core/error.h"
#include "nn/normed_conv.h"
#include "ops/elementwise.h"
#include "ops/resize.h"

namespace fude::models {
namespace {

constexpr int64_t kMaps = 3;
constexpr int64_t kAnchors = 2;  // a cell
constexpr float kOverlap = 0.4F;
// The mean colour of the pictures it was trained on; it takes blue first.
constexpr std::array<float, 3> kMeanBgr{104, 117, 123};

// Narrow networks were trained with leaky ReLUs.
double slope_for(int64_t width) { return width <= 64 ? 0.1 : 0; }

std::string stage_name(std::size_t stage) { return "body.layer" + std::to_string(stage + 1) + "."; }

nn::Conv2d conv_and_norm(const weights::WeightView& w, int64_t in, int64_t out, nn::ConvShape shape = {}) {
  return nn::normed_conv(w / "0", w / "1", in, out, shape);
}

// [1,2*n,H,W] -> [H*W*2, n].
at::Tensor by_anchor(const at::Tensor& x) {
  return x.permute({0, 2, 3, 1}).contiguous().view({-1, x.size(1) / kAnchors}).to(at::kCPU, at::kFloat);
}

std::span<const float> numbers(const at::Tensor& x) {
  return {x.data_ptr<float>(), static_cast<std::size_t>(x.numel())};
}

}  // namespace

RetinaFaceConfig infer_retina_face_config(const weights::TensorIndex& index) {
  RetinaFaceConfig config{.stem = weights::size_of(index, "body.conv1.weight", 0),
                          .stages = {},
                          .width = weights::size_of(index, "fpn.output1.0.weight", 0)};
  for (std::size_t i = 0; i < config.stages.size(); ++i) {
    config.stages[i] = {.blocks = weights::count_numbered(index, stage_name(i), ".conv3.weight"),
                        .inner = weights::size_of(index, stage_name(i) + "0.conv2.weight", 0),
                        .out = weights::size_of(index, stage_name(i) + "0.conv3.weight", 0)};
  }
  if (config.width % 4 != 0)
    fail(ErrorCode::kUnsupportedModel, "the RetinaFace has {} channels, expected a multiple of 4", config.width);
  return config;
}

RetinaFace::Bottleneck::Bottleneck(const weights::WeightView& w, int64_t in, const RetinaFaceConfig::Stage& stage,
                                   int64_t stride, bool has_shortcut)
    : reduce(nn::normed_conv(w / "conv1", w / "bn1", in, stage.inner, nn::kPointwise)),
      look(nn::normed_conv(w / "conv2", w / "bn2", stage.inner, stage.inner, {.kernel = 3, .stride = stride})),
      expand(nn::normed_conv(w / "conv3", w / "bn3", stage.inner, stage.out, nn::kPointwise)) {
  if (has_shortcut)
    shortcut.emplace(conv_and_norm(w / "downsample", in, stage.out, {.kernel = 1, .stride = stride, .padding = 0}));
}

at::Tensor RetinaFace::Bottleneck::forward(const at::Tensor& x) const {
  const at::Tensor h = look.forward(reduce.forward(x, {.is_rectified = true}), {.is_rectified = true});
  return expand.forward(h, {.residual = shortcut ? shortcut->forward(x) : x, .is_rectified = true});
}

RetinaFace::ContextModule::ContextModule(const weights::WeightView& w, int64_t width)
    : near(conv_and_norm(w / "conv3X3", width, width / 2)),
      middle1(conv_and_norm(w / "conv5X5_1", width, width / 4)),
      middle2(conv_and_norm(w / "conv5X5_2", width / 4, width / 4)),
      far1(conv_and_norm(w / "conv7X7_2", width / 4, width / 4)),
      far2(conv_and_norm(w / "conv7x7_3", width / 4, width / 4)),
      slope(slope_for(width)) {}

at::Tensor RetinaFace::ContextModule::forward(const at::Tensor& x) const {
  const at::Tensor h = ops::leaky_relu(middle1.forward(x), slope);
  const at::Tensor far = far2.forward(ops::leaky_relu(far1.forward(h), slope));
  return at::relu(at::cat({near.forward(x), middle2.forward(h), far}, 1));
}

RetinaFace::RetinaFace(const weights::WeightView& w, const RetinaFaceConfig& config)
    : slope_(slope_for(config.width)),
      stem_(nn::normed_conv(w / "body" / "conv1", w / "body" / "bn1", 3, config.stem,
                            {.kernel = 7, .stride = 2, .padding = 3})) {
  int64_t channels = config.stem;
  for (std::size_t i = 0; i < stages_.size(); ++i) {
    const RetinaFaceConfig::Stage& stage = config.stages[i];
    const weights::WeightView place = w / "body" / ("layer" + std::to_string(i + 1));
    for (int64_t block = 0; block < stage.blocks; ++block) {
      stages_[i].emplace_back(place / block, channels, stage, block == 0 && i > 0 ? 2 : 1, block == 0);
      channels = stage.out;
    }
  }
  for (int64_t map = 0; map < kMaps; ++map) {
    const std::string number = std::to_string(map + 1);
    const int64_t in = config.stages[static_cast<std::size_t>(map) + 1].out;
    sides_.push_back(conv_and_norm(w / "fpn" / ("output" + number), in, config.width, nn::kPointwise));
    if (map + 1 < kMaps) merges_.push_back(conv_and_norm(w / "fpn" / ("merge" + number), config.width, config.width));
    contexts_.emplace_back(w / ("ssh" + number), config.width);
    const auto head = [&](const char* name, int64_t numbers) {
      return nn::Conv2d(w / name / map / "conv1x1", config.width, kAnchors * numbers, nn::kPointwise);
    };
    heads_.push_back(
        {.offsets = head("BboxHead", 4), .scores = head("ClassHead", 2), .landmarks = head("LandmarkHead", 10)});
  }
}

std::vector<at::Tensor> RetinaFace::body(const at::Tensor& x) const {
  at::Tensor h = at::max_pool2d(stem_.forward(x, {.is_rectified = true}), {3, 3}, {2, 2}, {1, 1});
  std::vector<at::Tensor> maps;
  for (std::size_t i = 0; i < stages_.size(); ++i) {
    for (const Bottleneck& block : stages_[i]) h = block.forward(h);
    if (i > 0) maps.push_back(h);
  }
  return maps;
}

// Coarse maps are added to finer ones from the top down.
std::vector<at::Tensor> RetinaFace::pyramid(const std::vector<at::Tensor>& maps) const {
  std::vector<at::Tensor> levels;
  for (std::size_t i = 0; i < maps.size(); ++i) levels.push_back(ops::leaky_relu(sides_[i].forward(maps[i]), slope_));
  for (std::size_t i = levels.size() - 1; i-- > 0;) {
    const at::Tensor coarse = ops::resize_nearest(levels[i + 1], levels[i].size(2), levels[i].size(3));
    levels[i] = ops::leaky_relu(merges_[i].forward(levels[i] + coarse), slope_);
  }
  return levels;
}

std::vector<DetectedFace> RetinaFace::detect(const at::Tensor& picture, float threshold) const {
  const at::InferenceMode no_gradient;
  const at::Tensor mean = at::tensor(c10::ArrayRef<float>(kMeanBgr), at::kFloat).view({1, 3, 1, 1});
  const at::Tensor bgr = picture.flip({1}) - mean;
  const std::vector<at::Tensor> levels =
      pyramid(body(bgr.to(stem_.options()).contiguous(at::MemoryFormat::ChannelsLast)));
  std::vector<DetectedFace> faces;
  for (std::size_t i = 0; i < levels.size(); ++i) {
    const at::Tensor h = contexts_[i].forward(levels[i]);
    const at::Tensor offsets = by_anchor(heads_[i].offsets.forward(h)), scores = by_anchor(heads_[i].scores.forward(h)),
                     landmarks = by_anchor(heads_[i].landmarks.forward(h));
    FaceMap map = face_map_grid(static_cast<int>(i));
    map.rows = static_cast<int>(h.size(2));
    map.columns = static_cast<int>(h.size(3));
    map.offsets = numbers(offsets);
    map.scores = numbers(scores);
    map.landmarks = numbers(landmarks);
    for (const DetectedFace& face : faces_in(map, threshold)) faces.push_back(face);
  }
  return without_overlaps(std::move(faces), kOverlap);
}

}  // namespace fude::models
