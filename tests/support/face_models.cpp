#include "tests/support/face_models.h"

#include <fmt/format.h>

#include <array>

namespace fude::tests {
namespace {

void add_res_block(MadeUpFile& file, const std::string& name, int64_t in, int64_t out) {
  file.add_norm(name + ".norm1", in).add_norm(name + ".norm2", out);
  file.add_conv(name + ".conv1", in, out).add_conv(name + ".conv2", out, out);
  if (in != out) file.add_conv(name + ".conv_out", in, out, 1);
}

void add_attention(MadeUpFile& file, const std::string& name, int64_t channels) {
  file.add_norm(name + ".norm", channels);
  for (const char* part : {".q", ".k", ".v", ".proj_out"}) file.add_conv(name + part, channels, channels, 1);
}

void add_normed(MadeUpFile& file, const std::string& conv, const std::string& norm, int64_t in, int64_t out,
                int64_t kernel = 3) {
  file.add(conv + ".weight", {out, in, kernel, kernel}).add_batch_norm(norm, out);
}

void add_style_layer(MadeUpFile& file, const std::string& name, int64_t in, int64_t out, int64_t kernel) {
  file.add(name + ".modulated_conv.weight", {1, out, in, kernel, kernel}, 0.5);
  file.add_linear(name + ".modulated_conv.modulation", 6, in).add(name + ".bias", {1, out, 1, 1}, 0.2);
  if (kernel == 3) file.add(name + ".weight", {1}, 0.5);
}

void add_face_res(MadeUpFile& file, const std::string& name, int64_t in, int64_t out) {
  file.add_conv(name + ".conv1", in, in).add_conv(name + ".conv2", in, out).add(name + ".skip.weight", {out, in, 1, 1});
}

void add_context(MadeUpFile& file, const std::string& name, int64_t width) {
  add_normed(file, name + ".conv3X3.0", name + ".conv3X3.1", width, width / 2);
  add_normed(file, name + ".conv5X5_1.0", name + ".conv5X5_1.1", width, width / 4);
  for (const char* part : {".conv5X5_2", ".conv7X7_2", ".conv7x7_3"})
    add_normed(file, name + part + ".0", name + part + ".1", width / 4, width / 4);
}

void add_parse_block(MadeUpFile& file, const std::string& name, int64_t in, int64_t out, bool has_shortcut) {
  add_normed(file, name + ".conv1.conv2d", name + ".conv1.norm.norm", in, out);
  add_normed(file, name + ".conv2.conv2d", name + ".conv2.norm.norm", out, out);
  if (has_shortcut) file.add_conv(name + ".shortcut_func.conv2d", in, out);
}

// All numbers of a file as they must be for a network that hands its first channel on.
at::Tensor passing(const std::string& name, const at::Tensor& made_up) {
  at::Tensor tensor = at::zeros_like(made_up);
  const bool is_factor = made_up.dim() == 1 && name.ends_with(".weight");
  if (is_factor || name.ends_with(".running_var")) return tensor.fill_(1);
  const bool passes = name.find("downsample.0") != std::string::npos || name == "body.conv1.weight" ||
                      name == "fpn.output3.0.weight" || name == "ssh3.conv3X3.0.weight";
  if (!passes) return tensor;
  const int64_t from = name == "body.conv1.weight" ? 2 : 0;  // red comes last
  tensor[0][from][tensor.size(2) / 2][tensor.size(3) / 2] = 1;
  return tensor;
}

}  // namespace

MadeUpFile tiny_code_former() {
  MadeUpFile file;
  const std::string encoder = "encoder.blocks.", generator = "generator.blocks.";
  file.add_conv(encoder + "0", 3, 32);
  add_res_block(file, encoder + "1", 32, 32);
  file.add_conv(encoder + "2.conv", 32, 32);
  add_res_block(file, encoder + "3", 32, 64);
  file.add_conv(encoder + "4.conv", 64, 64);
  add_res_block(file, encoder + "5", 64, 64);
  add_attention(file, encoder + "6", 64);
  file.add_norm(encoder + "7", 64).add_conv(encoder + "8", 64, 8);
  file.add_conv(generator + "0", 8, 64);
  add_res_block(file, generator + "1", 64, 64);
  add_attention(file, generator + "2", 64);
  file.add_conv(generator + "3.conv", 64, 64);
  add_res_block(file, generator + "4", 64, 64);
  file.add_conv(generator + "5.conv", 64, 64);
  add_res_block(file, generator + "6", 64, 32);
  file.add_norm(generator + "7", 32).add_conv(generator + "8", 32, 3);
  file.add("quantize.embedding.weight", {12, 8}, 1).add("position_emb", {16, 16}, 1);
  file.add_linear("feat_emb", 8, 16).add_norm("idx_pred_layer.0", 16).add("idx_pred_layer.1.weight", {12, 16});
  for (const std::string layer : {"ft_layers.0", "ft_layers.1"}) {
    file.add(layer + ".self_attn.in_proj_weight", {48, 16}).add(layer + ".self_attn.in_proj_bias", {48}, 0.2);
    file.add_linear(layer + ".self_attn.out_proj", 16, 16).add_linear(layer + ".linear1", 16, 24);
    file.add_linear(layer + ".linear2", 24, 16).add_norm(layer + ".norm1", 16).add_norm(layer + ".norm2", 16);
  }
  add_res_block(file, "fuse_convs_dict.8.encode_enc", 128, 64);
  for (const char* part : {"scale.0", "scale.2", "shift.0", "shift.2"})
    file.add_conv(std::string("fuse_convs_dict.8.") + part, 64, 64);
  return file;
}

MadeUpFile tiny_gfpgan() {
  constexpr std::array<int64_t, 3> kWidths{4, 5, 3}, kStyleWidths{8, 6, 4};  // at 4, 8, 16 pixels a side
  MadeUpFile file;
  file.add_conv("conv_body_first", 3, kWidths[2], 1).add_conv("final_conv", kWidths[0], kWidths[0]);
  add_face_res(file, "conv_body_down.0", kWidths[2], kWidths[1]);
  add_face_res(file, "conv_body_down.1", kWidths[1], kWidths[0]);
  file.add_linear("final_linear", kWidths[0] * 16, 6 * 6);
  const std::string decoder = "stylegan_decoder.";
  file.add(decoder + "constant_input.weight", {1, kStyleWidths[0], 4, 4}, 1)
      .add(decoder + "noises.noise0", {1, 1, 4, 4});
  add_style_layer(file, decoder + "style_conv1", kStyleWidths[0], kStyleWidths[0], 3);
  add_style_layer(file, decoder + "to_rgb1", kStyleWidths[0], 3, 1);
  file.add_linear(decoder + "style_mlp.1", 6, 6);
  for (std::size_t i = 0; i < 2; ++i) {
    add_face_res(file, fmt::format("conv_body_up.{}", i), kWidths[i], kWidths[i + 1]);
    file.add_conv(fmt::format("toRGB.{}", i), kWidths[i + 1], 3, 1);
    for (const char* part : {"condition_scale", "condition_shift"}) {
      file.add_conv(fmt::format("{}.{}.0", part, i), kWidths[i + 1], kWidths[i + 1]);
      file.add_conv(fmt::format("{}.{}.2", part, i), kWidths[i + 1], kStyleWidths[i + 1] / 2);
    }
    add_style_layer(file, fmt::format("{}style_convs.{}", decoder, 2 * i), kStyleWidths[i], kStyleWidths[i + 1], 3);
    add_style_layer(file, fmt::format("{}style_convs.{}", decoder, 2 * i + 1), kStyleWidths[i + 1], kStyleWidths[i + 1],
                    3);
    add_style_layer(file, fmt::format("{}to_rgbs.{}", decoder, i), kStyleWidths[i + 1], 3, 1);
    const int64_t side = int64_t{8} << i;
    for (std::size_t layer = 2 * i + 1; layer <= 2 * i + 2; ++layer)
      file.add(fmt::format("{}noises.noise{}", decoder, layer), {1, 1, side, side}, 1);
  }
  return file;
}

MadeUpFile tiny_retina_face() {
  MadeUpFile file;
  add_normed(file, "body.conv1", "body.bn1", 3, 4, 7);
  constexpr std::array<int64_t, 4> kOut{6, 8, 10, 12};
  int64_t in = 4;
  for (std::size_t stage = 0; stage < 4; ++stage) {
    for (int64_t block = 0; block < (stage == 1 ? 2 : 1); ++block) {
      const std::string name = fmt::format("body.layer{}.{}", stage + 1, block);
      add_normed(file, name + ".conv1", name + ".bn1", in, 3, 1);
      add_normed(file, name + ".conv2", name + ".bn2", 3, 3);
      add_normed(file, name + ".conv3", name + ".bn3", 3, kOut[stage], 1);
      if (block == 0) add_normed(file, name + ".downsample.0", name + ".downsample.1", in, kOut[stage], 1);
      in = kOut[stage];
    }
  }
  for (std::size_t map = 0; map < 3; ++map) {
    const std::string output = fmt::format("fpn.output{}", map + 1), merge = fmt::format("fpn.merge{}", map + 1);
    add_normed(file, output + ".0", output + ".1", kOut[map + 1], 8, 1);
    if (map < 2) add_normed(file, merge + ".0", merge + ".1", 8, 8);
    add_context(file, fmt::format("ssh{}", map + 1), 8);
    file.add_conv(fmt::format("BboxHead.{}.conv1x1", map), 8, 8, 1);
    file.add_conv(fmt::format("ClassHead.{}.conv1x1", map), 8, 4, 1);
    file.add_conv(fmt::format("LandmarkHead.{}.conv1x1", map), 8, 20, 1);
  }
  return file;
}

MadeUpFile tiny_parse_net() {
  MadeUpFile file;
  file.add_conv("encoder.0.conv2d", 3, 4);
  add_parse_block(file, "encoder.1", 4, 6, true);
  add_parse_block(file, "encoder.2", 6, 6, true);
  add_parse_block(file, "body.0", 6, 6, false);
  add_parse_block(file, "decoder.0", 6, 6, true);
  add_parse_block(file, "decoder.1", 6, 4, true);
  return file.add_conv("out_mask_conv.conv2d", 4, 19).add_conv("out_img_conv.conv2d", 4, 3);
}

MadeUpFile red_spot_detector() {
  MadeUpFile file;
  const MadeUpFile shapes = tiny_retina_face();
  for (const auto& [name, tensor] : shapes.tensors()) {
    if (tensor.is_floating_point()) file.put(name, passing(name, tensor));
  }
  // What comes in is 255 - 123 for red. Of the coarsest map the smaller anchor alone may be a face.
  constexpr float kNever = -1000;
  for (const char* head : {"ClassHead.0.conv1x1.bias", "ClassHead.1.conv1x1.bias", "ClassHead.2.conv1x1.bias"})
    file.put(head, at::tensor({0.0F, kNever, 0.0F, kNever}));
  at::Tensor weight = at::zeros({4, 8, 1, 1});
  weight[1][0][0][0] = 1;
  file.put("ClassHead.2.conv1x1.weight", weight)
      .put("ClassHead.2.conv1x1.bias", at::tensor({0.0F, -77.0F, 0.0F, kNever}));
  // Offsets of an upright face's landmarks from its middle, in tenths of the box.
  constexpr std::array<float, 10> kLandmarks{-1.23F, -0.31F, 1.23F, -0.31F, 0.0F, 1.13F, -1.07F, 2.25F, 1.11F, 2.25F};
  at::Tensor offsets = at::zeros({20});
  for (int64_t i = 0; i < 10; ++i) offsets[i] = kLandmarks[static_cast<std::size_t>(i)];
  return file.put("LandmarkHead.2.conv1x1.bias", offsets);
}

MadeUpFile one_class_parser(int64_t class_number) {
  MadeUpFile file;
  const MadeUpFile shapes = tiny_parse_net();
  for (const auto& [name, tensor] : shapes.tensors()) file.put(name, tensor);
  at::Tensor bias = at::zeros({19});
  bias[class_number] = 1;
  return file.put("out_mask_conv.conv2d.weight", at::zeros({19, 4, 3, 3})).put("out_mask_conv.conv2d.bias", bias);
}

}  // namespace fude::tests
