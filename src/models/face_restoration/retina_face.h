#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "models/face_restoration/face_boxes.h"
#include "nn/layers.h"
#include "weights/tensor_index.h"
#include "weights/weight_view.h"

namespace fude::models {

/// Shape of a RetinaFace (Deng et al. 2019, arXiv:1905.00641) on a ResNet (He et al. 2015, arXiv:1512.03385).
struct RetinaFaceConfig {
  struct Stage {
    int64_t blocks = 3;
    int64_t inner = 64;  // channels of the 3x3 convolutions
    int64_t out = 256;

    bool operator==(const Stage&) const = default;
  };
  int64_t stem = 64;
  std::array<Stage, 4> stages;
  int64_t width = 256;  // of the maps that faces are read off

  bool operator==(const RetinaFaceConfig&) const = default;
};

/// From the file's names without prefix. Throws Error(kUnsupportedModel).
RetinaFaceConfig infer_retina_face_config(const weights::TensorIndex& index);

/// Finds faces, their eyes, noses and mouths.
class RetinaFace {
 public:
  RetinaFace(const weights::WeightView& w, const RetinaFaceConfig& config);

  /// picture [1,3,H,W], RGB in [0,255], fp32 -> faces whose score is above `threshold` in [0,1], the best first. For
  /// inference.
  std::vector<DetectedFace> detect(const at::Tensor& picture, float threshold) const;

 private:
  struct Bottleneck {
    nn::Conv2d reduce, look, expand;
    std::optional<nn::Conv2d> shortcut;

    Bottleneck(const weights::WeightView& w, int64_t in, const RetinaFaceConfig::Stage& stage, int64_t stride,
               bool has_shortcut);
    at::Tensor forward(const at::Tensor& x) const;
  };
  /// Looks at a map through windows of three sizes (Najibi et al. 2017, arXiv:1708.03979).
  struct ContextModule {
    nn::Conv2d near, middle1, middle2, far1, far2;
    double slope;

    ContextModule(const weights::WeightView& w, int64_t width);
    at::Tensor forward(const at::Tensor& x) const;
  };
  struct Head {
    nn::Conv2d offsets, scores, landmarks;
  };

  std::vector<at::Tensor> body(const at::Tensor& x) const;
  std::vector<at::Tensor> pyramid(const std::vector<at::Tensor>& maps) const;

  double slope_;
  nn::Conv2d stem_;
  std::array<std::vector<Bottleneck>, 4> stages_;
  std::vector<nn::Conv2d> sides_, merges_;  // of maps 0, 1, 2; of maps 0, 1
  std::vector<ContextModule> contexts_;
  std::vector<Head> heads_;
};

}  // namespace fude::models
