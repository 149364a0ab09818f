#pragma once

#include <ATen/ATen.h>

#include <cstdint>
#include <string_view>

/// Networks that find faces and make them anew.
namespace fude::models {

class FaceRestorer {
 public:
  virtual ~FaceRestorer() = default;

  /// face [1,3,S,S] in [-1,1], fp32, S as side() says, upright with the eyes where training had them -> the same,
  /// about in [-1,1]. `fidelity` in [0,1]: how closely the face that comes in is kept to, 0 not at all; networks
  /// without that choice ignore it. For inference; one call at a time.
  virtual at::Tensor restore(const at::Tensor& face, double fidelity) const = 0;

  /// Pixels along a side of the faces: 512 in the published networks.
  virtual int64_t side() const = 0;

  /// "CodeFormer", "GFPGAN".
  virtual std::string_view family() const = 0;
};

}  // namespace fude::models
