#include "training/judge/network.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>
#include <fmt/format.h>

#include <cmath>
#include <numeric>

#include "core/error.h"
#include "io/safetensors_writer.h"
#include "io/tensor_file.h"
#include "training/judge/targets.h"

namespace fude::judge {
namespace {

constexpr std::int64_t kFineSide = 16, kFineWidth = 104, kFineGlances = 2;  // glances of each group
constexpr std::int64_t kCoarseSide = 8, kCoarseWidth = 128, kCoarseGlances = 1;
constexpr std::int64_t kGathered = kFineGlances * kFineWidth + kCoarseGlances * kCoarseWidth;

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

Glances make_glances(std::string name, std::int64_t glances, std::int64_t width, std::int64_t side) {
  return {.name = std::move(name), .seen = at::empty({glances, width}), .place = at::zeros({glances, side * side})};
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
  const at::Tensor convolved = at::conv2d(x, weight.to(x.scalar_type()), {}, stride, kernel / 2);
  const at::Tensor h = at::batch_norm(convolved, scale, shift, mean, variance, mode == Mode::kTraining,
                                      /*momentum=*/0.05, /*eps=*/1e-5, /*cudnn_enabled=*/false);
  return at::relu(inputs == outputs && stride == 1 ? h + x : h);
}

at::Tensor Glances::forward(const at::Tensor& features) const {
  const at::Tensor cells = features.flatten(2);  // [B,C,H*W]
  const at::Tensor weights = at::softmax(at::matmul(seen, cells) + place, 2);
  return at::bmm(weights, cells.transpose(1, 2));
}

Network::Network(std::vector<std::int64_t> answer_counts, std::uint64_t seed)
    : answer_counts_(std::move(answer_counts)) {
  // The picture comes as 12 channels of half its size.
  fine_.push_back(make_block("stem", 12, 32, 3, 2));
  fine_.push_back(make_block("down1", 32, 64, 3, 2));
  fine_.push_back(make_block("mix1", 64, 64, 3, 1));
  fine_.push_back(make_block("down2", 64, kFineWidth, 3, 2));
  for (const char* name : {"mix2", "mix3", "mix4"}) fine_.push_back(make_block(name, kFineWidth, kFineWidth, 3, 1));
  coarse_.push_back(make_block("down3", kFineWidth, kCoarseWidth, 3, 2));
  coarse_.push_back(make_block("mix5", kCoarseWidth, kCoarseWidth, 3, 1));
  const auto groups = static_cast<std::int64_t>(answer_counts_.size());
  fine_glances_ = make_glances("glances.fine", groups * kFineGlances, kFineWidth, kFineSide);
  coarse_glances_ = make_glances("glances.coarse", groups * kCoarseGlances, kCoarseWidth, kCoarseSide);
  const std::int64_t answers = std::accumulate(answer_counts_.begin(), answer_counts_.end(), std::int64_t{0});
  head_weight_ = at::empty({answers, kGathered});
  head_bias_ = at::zeros({answers});
  at::Generator generator = at::detail::createCPUGenerator(seed);
  for (std::vector<ConvBlock>* blocks : {&fine_, &coarse_})
    for (ConvBlock& block : *blocks) fill_randomly(block.weight, generator);
  for (at::Tensor* weight : {&fine_glances_.seen, &coarse_glances_.seen, &head_weight_})
    fill_randomly(*weight, generator);
}

at::Tensor Network::forward(const at::Tensor& x, Mode mode) const {
  at::Tensor h = at::pixel_unshuffle(x, 2).contiguous(at::MemoryFormat::ChannelsLast);
  for (const ConvBlock& block : fine_) h = block.forward(h, mode);
  const at::Tensor fine = fine_glances_.forward(h.to(at::kFloat));
  for (const ConvBlock& block : coarse_) h = block.forward(h, mode);
  const at::Tensor coarse = coarse_glances_.forward(h.to(at::kFloat));
  // [B,groups,gathered]: a group's glances at both maps, side by side.
  const auto groups = static_cast<std::int64_t>(answer_counts_.size());
  const at::Tensor gathered = at::cat({fine.reshape({x.size(0), groups, -1}), coarse}, 2);
  std::vector<at::Tensor> logits;
  for (std::size_t group = 0; group < answer_counts_.size(); ++group)
    logits.push_back(at::linear(gathered.select(1, static_cast<std::int64_t>(group)),
                                head_weight_.narrow(0, first_answer(group), answer_counts_[group]),
                                head_bias_.narrow(0, first_answer(group), answer_counts_[group])));
  return at::cat(logits, 1);
}

std::int64_t Network::first_answer(std::size_t group) const {
  const auto begin = answer_counts_.begin();
  return std::accumulate(begin, begin + static_cast<std::ptrdiff_t>(group), std::int64_t{0});
}

at::Tensor Network::head(const at::Tensor& logits, std::size_t group) const {
  return logits.narrow(1, first_answer(group), answer_counts_[group]);
}

at::Tensor Network::answers(const at::Tensor& x) const {
  const at::NoGradGuard no_gradients;
  const at::Tensor logits = forward(x, Mode::kInference) + forward(x.flip(3), Mode::kInference);
  std::vector<at::Tensor> best;
  for (std::size_t group = 0; group < answer_counts_.size(); ++group) best.push_back(head(logits, group).argmax(1));
  return at::stack(best, 1);
}

void Network::for_each_tensor(const Visitor& visit) {
  for (std::vector<ConvBlock>* blocks : {&fine_, &coarse_})
    for (ConvBlock& block : *blocks) {
      visit(block.name + ".weight", block.weight, true);
      visit(block.name + ".norm.weight", block.scale, true);
      visit(block.name + ".norm.bias", block.shift, true);
      visit(block.name + ".norm.running_mean", block.mean, false);
      visit(block.name + ".norm.running_var", block.variance, false);
    }
  for (Glances* glances : {&fine_glances_, &coarse_glances_}) {
    visit(glances->name + ".seen", glances->seen, true);
    visit(glances->name + ".place", glances->place, true);
  }
  visit("heads.weight", head_weight_, true);
  visit("heads.bias", head_bias_, true);
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
