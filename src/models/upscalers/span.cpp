#include "models/upscalers/span.h"

#include <array>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "core/error.h"
#include "models/upscalers/colour_centre.h"
#include "ops/activation.h"
#include "weights/made_weights.h"

namespace fude::models {
namespace {

constexpr int64_t kBlocks = 6;
constexpr double kRange = 255;

at::Tensor number_tensor(const io::TensorFile& file, const std::string& name, std::size_t dims) {
  const auto found = file.tensors().find(name);
  if (found == file.tensors().end() || found->second.shape.size() != dims) {
    fail(ErrorCode::kCorruptFile, "'{}': tensor '{}' is missing or has not {} dimensions", printable(file.name()),
         printable(name), dims);
  }
  return file.tensor(name).to(at::kFloat);
}

// The one kernel that does what a 1x1 kernel and then `kernel` do: [o,m,k,k] after [m,i,1,1] -> [o,i,k,k].
at::Tensor after_pointwise(const at::Tensor& kernel, const at::Tensor& pointwise) {
  return at::einsum("omhw,mi->oihw", {kernel, pointwise.flatten(1)});
}

// `kernel` and then a 1x1 kernel: [o,m,1,1] after [m,i,k,k] -> [o,i,k,k].
at::Tensor before_pointwise(const at::Tensor& kernel, const at::Tensor& pointwise) {
  return at::einsum("om,mihw->oihw", {pointwise.flatten(1), kernel});
}

void require_chain(const io::TensorFile& file, const std::string& name, const at::Tensor& first,
                   const at::Tensor& middle, const at::Tensor& last, const at::Tensor& beside) {
  const bool fits = first.size(2) == 1 && first.size(3) == 1 && middle.size(2) == 3 && middle.size(3) == 3 &&
                    last.size(2) == 1 && last.size(3) == 1 && beside.size(2) == 1 && beside.size(3) == 1 &&
                    middle.size(1) == first.size(0) && last.size(1) == middle.size(0) &&
                    beside.size(0) == last.size(0) && beside.size(1) == first.size(1);
  if (!fits) {
    fail(ErrorCode::kCorruptFile, "'{}': the convolutions below '{}' do not fit together", printable(file.name()),
         printable(name));
  }
}

at::Tensor bias_of(const io::TensorFile& file, const std::string& name, const at::Tensor& weight) {
  at::Tensor bias = number_tensor(file, name, 1);
  if (bias.size(0) != weight.size(0)) {
    fail(ErrorCode::kCorruptFile, "'{}': tensor '{}' has {} numbers, expected {}", printable(file.name()),
         printable(name), bias.size(0), weight.size(0));
  }
  return bias;
}

}  // namespace

FusedConvolution fuse_span_branches(const io::TensorFile& file, const std::string& name) {
  if (!file.tensors().contains(name + ".sk.weight")) {  // fused already
    const at::Tensor weight = number_tensor(file, name + ".eval_conv.weight", 4);
    return {.weight = weight, .bias = bias_of(file, name + ".eval_conv.bias", weight)};
  }
  const at::Tensor first = number_tensor(file, name + ".conv.0.weight", 4);
  const at::Tensor middle = number_tensor(file, name + ".conv.1.weight", 4);
  const at::Tensor last = number_tensor(file, name + ".conv.2.weight", 4);
  const at::Tensor beside = number_tensor(file, name + ".sk.weight", 4);
  require_chain(file, name, first, middle, last, beside);
  // The branch pads before its first convolution, so what that adds is there beyond the edges, too.
  at::Tensor bias = at::mv(middle.sum({2, 3}), bias_of(file, name + ".conv.0.bias", first)) +
                    bias_of(file, name + ".conv.1.bias", middle);
  bias = at::mv(last.flatten(1), bias) + bias_of(file, name + ".conv.2.bias", last) +
         bias_of(file, name + ".sk.bias", beside);
  const at::Tensor weight = before_pointwise(after_pointwise(middle, first), last);
  return {.weight = weight + at::constant_pad_nd(beside, {1, 1, 1, 1}), .bias = bias};
}

SpanConfig infer_span_config(const weights::TensorIndex& index) {
  SpanConfig config;
  config.width = weights::size_of(index, "conv_cat.weight", 0);
  const int64_t out = weights::size_of(index, "upsampler.0.weight", 0);
  config.scale = 1;
  while (config.scale < 8 && 3 * config.scale * config.scale < out) ++config.scale;
  if (out != 3 * config.scale * config.scale) {
    fail(ErrorCode::kUnsupportedModel, "the SPAN has {} channels out, expected 3 times a square number up to 64", out);
  }
  config.is_centred = !index.contains("no_norm");
  return config;
}

struct Span::Layers {
  struct Block {
    std::vector<nn::Conv2d> convs;

    /// x [B,C,H,W] -> the block's output, and what its first convolution made.
    std::pair<at::Tensor, at::Tensor> forward(const at::Tensor& x) const {
      const at::Tensor first = ops::silu(convs[0].forward(x));
      const at::Tensor h = convs[2].forward(ops::silu(convs[1].forward(first)));
      return {(h + x) * (at::sigmoid(h) - 0.5), first};
    }
  };

  nn::Conv2d first, body_end, cat, last;
  std::vector<Block> blocks;

  Layers(const weights::WeightView& w, const SpanConfig& config)
      : first(w / "conv_1", 3, config.width),
        body_end(w / "conv_2", config.width, config.width),
        cat(w / "conv_cat", 4 * config.width, config.width, nn::kPointwise),
        last(w / "upsampler" / "0", config.width, 3 * config.scale * config.scale) {
    for (int64_t i = 1; i <= kBlocks; ++i) {
      Block& block = blocks.emplace_back();
      for (const char* name : {"c1_r", "c2_r", "c3_r"})
        block.convs.emplace_back(w / ("block_" + std::to_string(i)) / name, config.width, config.width);
    }
  }
};

Span::Span(const io::TensorFile& file, const SpanConfig& config, const weights::WeightLayout& layout)
    : config_(config) {
  weights::MadeWeights made(layout);
  const auto add_fused = [&](const std::string& name) {
    FusedConvolution fused = fuse_span_branches(file, name);
    made.add(name + ".weight", std::move(fused.weight));
    made.add(name + ".bias", std::move(fused.bias));
  };
  add_fused("conv_1");
  add_fused("conv_2");
  for (int64_t i = 1; i <= kBlocks; ++i) {
    for (const char* name : {".c1_r", ".c2_r", ".c3_r"}) add_fused("block_" + std::to_string(i) + name);
  }
  for (const char* name : {"conv_cat", "upsampler.0"}) {
    made.add(std::string(name) + ".weight", number_tensor(file, std::string(name) + ".weight", 4));
    made.add(std::string(name) + ".bias", number_tensor(file, std::string(name) + ".bias", 1));
  }
  layers_ = std::make_unique<Layers>(weights::WeightView(made), config);
}

Span::Span(Span&&) noexcept = default;
Span::~Span() = default;

at::Tensor Span::enlarge(const at::Tensor& picture) const {
  const at::InferenceMode no_gradient;
  const at::Tensor centred = config_.is_centred ? (picture - colour_centre(picture)) * kRange : picture;
  const at::Tensor begin =
      layers_->first.forward(centred.to(layers_->first.options()).contiguous(at::MemoryFormat::ChannelsLast));
  at::Tensor h = begin, after_first_block, inside_last_block;
  for (std::size_t i = 0; i < layers_->blocks.size(); ++i) {
    std::tie(h, inside_last_block) = layers_->blocks[i].forward(h);
    if (i == 0) after_first_block = h;
  }
  const at::Tensor all = at::cat({begin, layers_->body_end.forward(h), after_first_block, inside_last_block}, 1);
  return at::pixel_shuffle(layers_->last.forward(layers_->cat.forward(all)).to(at::kFloat), config_.scale);
}

int64_t Span::bytes_a_pixel() const {
  const int64_t number_bytes = static_cast<int64_t>(layers_->first.options().dtype().itemsize());
  return 16 * config_.width * number_bytes + 24 * config_.scale * config_.scale;
}

}  // namespace fude::models
