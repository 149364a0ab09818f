#include "tests/support/model_relatives.h"

#include "tests/support/tiny_model.h"

namespace fude::tests {

Tensors tiny_refiner() {
  constexpr std::int64_t kText = 192, kNumbers = 5 * 256;
  const std::string second = "conditioner.embedders.1.", first = "conditioner.embedders.0.";
  Tensors tensors;
  for (const auto& [name, tensor] : generate_tiny_model("tiny-sdxl")) {
    if (name.starts_with(first)) continue;
    const bool reads_text = name.ends_with("attn2.to_k.weight") || name.ends_with("attn2.to_v.weight");
    if (name.starts_with(second)) {
      tensors[first + name.substr(second.size())] = tensor;
    } else if (reads_text) {
      tensors[name] = tensor.narrow(1, 0, kText).contiguous();
    } else if (name.ends_with("label_emb.0.0.weight")) {
      tensors[name] = tensor.narrow(1, 0, kText + kNumbers).contiguous();
    } else {
      tensors[name] = tensor;
    }
  }
  return tensors;
}

Tensors tiny_pix2pix() {
  Tensors tensors;
  for (const auto& [name, tensor] : generate_tiny_model("tiny-sd1")) tensors[name] = tensor;
  at::Tensor& first = tensors.at("model.diffusion_model.input_blocks.0.0.weight");
  first = at::cat({first, first.flip({1})}, 1);
  return tensors;
}

}  // namespace fude::tests
