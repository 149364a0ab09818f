#pragma once

#include <ATen/ATen.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace fude::judge {

inline constexpr std::int64_t kInputSize = 256;  // pictures are looked at in this size

/// Whether batch statistics are used and updated, as in training, or the stored ones.
enum class Mode { kTraining, kInference };

/// Convolution without bias, batch normalisation, ReLU; with a residual connection where the shape is kept.
struct ConvBlock {
  std::string name;
  std::int64_t inputs, outputs, kernel, stride;
  at::Tensor weight, scale, shift, mean, variance;

  /// x [B,inputs,H,W] -> [B,outputs,H/stride,W/stride]. Computes in the type of x.
  at::Tensor forward(const at::Tensor& x, Mode mode) const;
};

/// Where each attribute group looks: one softmax over the places of a feature map for every glance, its scores from
/// what is seen there and from the place itself.
struct Glances {
  std::string name;
  at::Tensor seen;   // [glances, C]
  at::Tensor place;  // [glances, H*W]

  /// features float [B,C,H,W] -> what each glance gathers, [B,glances,C].
  at::Tensor forward(const at::Tensor& features) const;
};

/// Tells every attribute group of a picture at once. Convolutions lead to a fine map (16x16, where eyes and mouths are
/// still apart) and a coarse one (8x8); each group gathers what it needs from both and has a softmax head of its own.
/// 0.75 M parameters.
class Network {
 public:
  /// Random weights (He et al. 2015) from a seed.
  Network(std::vector<std::int64_t> answer_counts, std::uint64_t seed);

  /// x float or bfloat16 [B,3,256,256] in [-1, 1] -> float logits [B, sum of answers], the groups side by side. The
  /// convolutions compute in the type of x.
  at::Tensor forward(const at::Tensor& x, Mode mode) const;

  /// The most likely answer of each group, by the logits of the picture and of its mirror image: int64 [B, groups].
  at::Tensor answers(const at::Tensor& x) const;

  /// One group's columns of the logits.
  at::Tensor head(const at::Tensor& logits, std::size_t group) const;

  /// visit(name, tensor, is_trained): weights and running statistics, which are stored but not trained.
  using Visitor = std::function<void(const std::string& name, at::Tensor& tensor, bool is_trained)>;
  void for_each_tensor(const Visitor& visit);

  const std::vector<std::int64_t>& answer_counts() const { return answer_counts_; }

 private:
  /// The group's first column of the logits.
  std::int64_t first_answer(std::size_t group) const;

  std::vector<std::int64_t> answer_counts_;
  std::vector<ConvBlock> fine_, coarse_;  // from the picture to 16x16, from there to 8x8
  Glances fine_glances_, coarse_glances_;
  at::Tensor head_weight_, head_bias_;
};

/// How many threads tensor arithmetic uses from now on, in the whole process; at least 1.
void use_threads(int threads);

/// Pictures uint8 [B,3,H,W], H and W at least 256 -> what the network takes.
at::Tensor to_input(const at::Tensor& pictures);

/// Stored in half precision with the names of groups and answers, so that a judge of another table is noticed.
void save_network(const std::filesystem::path& path, Network& network, std::map<std::string, std::string> metadata);

/// Throws Error: kNotFound; kCorruptFile for what is no judge; kUnsupportedModel for a judge of another table.
Network load_network(const std::filesystem::path& path);

}  // namespace fude::judge
