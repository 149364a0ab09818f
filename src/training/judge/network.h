#pragma once

#include <ATen/ATen.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace fude::judge {

inline constexpr std::int64_t kInputSize = 128;  // pictures are looked at in this size

/// Whether batch statistics are used and updated, as in training, or the stored ones.
enum class Mode { kTraining, kInference };

/// Convolution without bias, batch normalisation, ReLU; with a residual connection where the shape is kept.
struct ConvBlock {
  std::string name;
  std::int64_t inputs, outputs, kernel, stride;
  at::Tensor weight, scale, shift, mean, variance;

  /// x [B,inputs,H,W] -> [B,outputs,H/stride,W/stride].
  at::Tensor forward(const at::Tensor& x, Mode mode) const;
};

/// Tells every attribute group of a picture at once: seven convolutions down to 8x8, one hidden layer, a softmax head
/// for each group. 0.73 M parameters.
class Network {
 public:
  /// Random weights (He et al. 2015) from a seed.
  Network(std::vector<std::int64_t> answer_counts, std::uint64_t seed);

  /// x float [B,3,128,128] in [-1, 1] -> logits [B, sum of answers], the groups side by side.
  at::Tensor forward(const at::Tensor& x, Mode mode) const;

  /// The most likely answer of each group: int64 [B, groups].
  at::Tensor answers(const at::Tensor& x) const;

  /// One group's columns of the logits.
  at::Tensor head(const at::Tensor& logits, std::size_t group) const;

  /// visit(name, tensor, is_trained): weights, then running statistics, which are stored but not trained.
  using Visitor = std::function<void(const std::string& name, at::Tensor& tensor, bool is_trained)>;
  void for_each_tensor(const Visitor& visit);

  const std::vector<std::int64_t>& answer_counts() const { return answer_counts_; }

 private:
  std::vector<std::int64_t> answer_counts_;
  std::vector<ConvBlock> blocks_;
  at::Tensor hidden_weight_, hidden_bias_, head_weight_, head_bias_;
};

/// How many threads tensor arithmetic uses from now on, in the whole process; at least 1.
void use_threads(int threads);

/// Pictures uint8 [B,3,H,W], H and W at least 128 -> what the network takes.
at::Tensor to_input(const at::Tensor& pictures);

/// Stored in half precision with the names of groups and answers, so that a judge of another table is noticed.
void save_network(const std::filesystem::path& path, Network& network, std::map<std::string, std::string> metadata);

/// Throws Error: kNotFound; kCorruptFile for what is no judge; kUnsupportedModel for a judge of another table.
Network load_network(const std::filesystem::path& path);

}  // namespace fude::judge
