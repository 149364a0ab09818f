#pragma once

namespace fude::ops {

/// While an object of this class with `is_on` lives, the convolutions that this thread starts pad a picture with its
/// opposite edges instead of zeros, so that what they make can be laid side by side without a seam ("tiling"). Like
/// at::NoGradGuard it is kept by a scope on the stack and puts back what was before.
class SeamlessConvolutions {
 public:
  explicit SeamlessConvolutions(bool is_on);
  ~SeamlessConvolutions();
  SeamlessConvolutions(const SeamlessConvolutions&) = delete;
  SeamlessConvolutions& operator=(const SeamlessConvolutions&) = delete;

  /// What holds on this thread now.
  static bool are_on();

 private:
  bool were_on_;
};

}  // namespace fude::ops
