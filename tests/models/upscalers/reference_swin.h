#pragma once

#include "tests/support/upscaler_layers.h"

/// Swin's block by its definition, for SwinIR and HAT.
namespace fude::tests {

struct SwinShape {
  int64_t channels = 0, hidden = 0, heads = 0, side = 0;
};

/// Adds NAMEnorm1, NAMEattn, NAMEnorm2 and NAMEmlp.
void add_swin_block(MadeUpFile& file, const std::string& name, const SwinShape& shape);

/// tokens [H,W,C] -> the same, with windows after a roll up and to the left.
at::Tensor swin_attention(const MadeUpFile& file, const std::string& name, const at::Tensor& tokens, int64_t heads,
                          int64_t side, int64_t roll);

at::Tensor swin_mlp(const MadeUpFile& file, const std::string& name, const at::Tensor& x);

}  // namespace fude::tests
