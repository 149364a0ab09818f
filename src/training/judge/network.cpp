#include "training/judge/network.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Parallel.h>
#include <fmt/format.h>

#include <cmath>
#include <numeric>

#include "core/error.h"
#include "io/safetensors_writer.h"
#include "io/tensor_file.h"
#include "training/judge/targets.h"

namespace fude::judge {
namespace {

constexpr std::int64_t kLastGrid = 8;  // side of the last feature map
constexpr std::int64_t kSqueezed = 32;
constexpr std::int64_t kHidden = 144;

ConvBlock make_block(std::string name, std::int64_t inputs, std::int64_t outputs, std::int64_t kernel,
                     std::int64_t stride) {
  return {.name = std::move(name),
          .inputs = inputs,
          .outputs = outputs,
          .kernel = kernel,
          .stride = stride,
          .weight = at::empty({outputs, inputs, kernel, kernel}),
          .scale = at::ones({outputs}),
          .shift = at::zeros({outputs}),
          .mean = at::zeros({outputs}),
          .variance = at::ones({outputs})};
}

void fill_randomly(at::Tensor& weight, at::Generator& generator) {
  const double inputs = static_cast<double>(weight.numel()) / static_cast<double>(weight.size(0));
  weight.normal_(0.0, std::sqrt(2.0 / inputs), generator);
}

/// "hair color: blonde brown ..; eye color: ..": what the heads answer.
std::string table_signature() {
  std::string text;
  for (const painter::AttributeGroup& group : painter::attribute_groups()) {
    text += fmt::format("{}:", group.name);
    for (const painter::AttributeValue& value : group.values) text += fmt::format(" {},", value.name);
    text.back() = ';';
  }
  return text;
}

}  // namespace

at::Tensor ConvBlock::forward(const at::Tensor& x, Mode mode) const {
  const at::Tensor h =
      at::batch_norm(at::conv2d(x, weight, {}, stride, kernel / 2), scale, shift, mean, variance,
                     mode == Mode::kTraining, /*momentum=*/0.05, /*eps=*/1e-5, /*cudnn_enabled=*/false);
  return at::relu(inputs == outputs && stride == 1 ? h + x : h);
}

Network::Network(std::vector<std::int64_t> answer_counts, std::uint64_t seed)
    : answer_counts_(std::move(answer_counts)) {
  blocks_.push_back(make_block("stem", 3, 32, 5, 2));
  blocks_.push_back(make_block("down1", 32, 64, 3, 2));
  blocks_.push_back(make_block("mix1", 64, 64, 3, 1));
  blocks_.push_back(make_block("down2", 64, 96, 3, 2));
  blocks_.push_back(make_block("mix2", 96, 96, 3, 1));
  blocks_.push_back(make_block("down3", 96, 112, 3, 2));
  blocks_.push_back(make_block("mix3", 112, 112, 3, 1));
  blocks_.push_back(make_block("squeeze", 112, kSqueezed, 1, 1));
  const std::int64_t answers = std::accumulate(answer_counts_.begin(), answer_counts_.end(), std::int64_t{0});
  hidden_weight_ = at::empty({kHidden, kSqueezed * kLastGrid * kLastGrid});
  hidden_bias_ = at::zeros({kHidden});
  head_weight_ = at::empty({answers, kHidden});
  head_bias_ = at::zeros({answers});
  at::Generator generator = at::detail::createCPUGenerator(seed);
  for (ConvBlock& block : blocks_) fill_randomly(block.weight, generator);
  fill_randomly(hidden_weight_, generator);
  fill_randomly(head_weight_, generator);
}

at::Tensor Network::forward(const at::Tensor& x, Mode mode) const {
  at::Tensor h = x.contiguous(at::MemoryFormat::ChannelsLast);
  for (const ConvBlock& block : blocks_) h = block.forward(h, mode);
  h = at::relu(at::linear(h.contiguous().flatten(1), hidden_weight_, hidden_bias_));
  return at::linear(h, head_weight_, head_bias_);
}

at::Tensor Network::head(const at::Tensor& logits, std::size_t group) const {
  const std::int64_t start = std::accumulate(
      answer_counts_.begin(), answer_counts_.begin() + static_cast<std::ptrdiff_t>(group), std::int64_t{0});
  return logits.narrow(1, start, answer_counts_[group]);
}

at::Tensor Network::answers(const at::Tensor& x) const {
  const at::NoGradGuard no_gradients;
  const at::Tensor logits = forward(x, Mode::kInference);
  std::vector<at::Tensor> best;
  for (std::size_t group = 0; group < answer_counts_.size(); ++group) best.push_back(head(logits, group).argmax(1));
  return at::stack(best, 1);
}

void Network::for_each_tensor(const Visitor& visit) {
  for (ConvBlock& block : blocks_) {
    visit(block.name + ".weight", block.weight, true);
    visit(block.name + ".norm.weight", block.scale, true);
    visit(block.name + ".norm.bias", block.shift, true);
  }
  visit("hidden.weight", hidden_weight_, true);
  visit("hidden.bias", hidden_bias_, true);
  visit("heads.weight", head_weight_, true);
  visit("heads.bias", head_bias_, true);
  for (ConvBlock& block : blocks_) {
    visit(block.name + ".norm.running_mean", block.mean, false);
    visit(block.name + ".norm.running_var", block.variance, false);
  }
}

void use_threads(int threads) { at::set_num_threads(threads); }

at::Tensor to_input(const at::Tensor& pictures) {
  return at::adaptive_avg_pool2d(pictures.to(at::kFloat), {kInputSize, kInputSize}) / 127.5 - 1;
}

void save_network(const std::filesystem::path& path, Network& network, std::map<std::string, std::string> metadata) {
  std::map<std::string, at::Tensor> tensors;
  network.for_each_tensor([&](const std::string& name, at::Tensor& tensor, bool) {
    tensors[name] = tensor.detach().to(at::kHalf).contiguous();
  });
  metadata["judge.table"] = table_signature();
  io::write_safetensors(path, tensors, metadata);
}

Network load_network(const std::filesystem::path& path) {
  const io::TensorFile file = io::TensorFile::open(path);
  const auto table = file.metadata().find("judge.table");
  if (table == file.metadata().end())
    fail(ErrorCode::kCorruptFile, "'{}' is no judge: its metadata has no 'judge.table'", printable(path.string()));
  if (table->second != table_signature())
    fail(ErrorCode::kUnsupportedModel, "judge '{}' knows other attributes than this painter draws, train it anew",
         printable(path.string()));
  Network network(answer_counts(), 0);
  network.for_each_tensor([&](const std::string& name, at::Tensor& tensor, bool) {
    if (!file.tensors().contains(name))
      fail(ErrorCode::kCorruptFile, "'{}' has no tensor '{}'", printable(path.string()), name);
    const at::Tensor stored = file.tensor(name);
    if (stored.sizes() != tensor.sizes())
      fail(ErrorCode::kCorruptFile, "tensor '{}' of '{}' has another shape than a judge's", name,
           printable(path.string()));
    tensor.copy_(stored);
  });
  return network;
}

}  // namespace fude::judge
