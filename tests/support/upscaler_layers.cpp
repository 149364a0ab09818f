#include "tests/support/upscaler_layers.h"

#include <cmath>
#include <limits>

#include "io/safetensors_writer.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tiny_model.h"

namespace fude::tests {
namespace {

constexpr uint64_t kSeed = 61;

}  // namespace

MadeUpFile& MadeUpFile::add(const std::string& name, const std::vector<int64_t>& shape, double scale) {
  double fan_in = 1;
  for (std::size_t i = 1; i < shape.size(); ++i) fan_in *= static_cast<double>(shape[i]);
  return put(name, golden_weight(kSeed, name, shape, scale > 0 ? scale : std::sqrt(3 / fan_in)));
}

MadeUpFile& MadeUpFile::add_conv(const std::string& name, int64_t in, int64_t out, int64_t kernel) {
  return add(name + ".weight", {out, in, kernel, kernel}).add(name + ".bias", {out}, 0.2);
}

MadeUpFile& MadeUpFile::add_linear(const std::string& name, int64_t in, int64_t out) {
  return add(name + ".weight", {out, in}).add(name + ".bias", {out}, 0.2);
}

MadeUpFile& MadeUpFile::add_norm(const std::string& name, int64_t width) {
  return put(name + ".weight", 1 + golden_weight(kSeed, name + ".weight", {width}, 0.3))
      .add(name + ".bias", {width}, 0.2);
}

MadeUpFile& MadeUpFile::add_batch_norm(const std::string& name, int64_t width) {
  return add_norm(name, width)
      .add(name + ".running_mean", {width}, 0.3)
      .put(name + ".running_var", 1 + golden_weight(kSeed, name + ".running_var", {width}, 0.5))
      .put(name + ".num_batches_tracked", at::scalar_tensor(7, at::kLong));
}

MadeUpFile& MadeUpFile::put(const std::string& name, at::Tensor tensor) {
  tensors_[name] = tensor.contiguous();
  return *this;
}

MadeUpFile MadeUpFile::renamed(const std::map<std::string, std::string>& names) const {
  MadeUpFile other;
  for (const auto& [name, tensor] : tensors_) {
    const auto found = names.find(name);
    other.put(found == names.end() ? name : found->second, tensor);
  }
  return other;
}

io::TensorFile MadeUpFile::open() const {
  const TemporaryFolder folder;
  io::write_safetensors(folder.path() / "upscaler.safetensors", tensors_);
  return io::TensorFile::open(folder.path() / "upscaler.safetensors");
}

at::Tensor made_up_picture(int64_t height, int64_t width) {
  return (golden_weight(kSeed, "picture", {1, 3, height, width}, 1) + 1) / 2;
}

at::Tensor conv(const MadeUpFile& file, const std::string& name, const at::Tensor& x) {
  const at::Tensor &weight = file[name + ".weight"], &bias = file[name + ".bias"];
  const int64_t frame = weight.size(2) / 2;
  return at::conv2d(x, weight, bias, 1, frame, 1, x.size(1) / weight.size(1));
}

at::Tensor linear(const MadeUpFile& file, const std::string& name, const at::Tensor& x) {
  return at::matmul(x, file[name + ".weight"].t()) + file[name + ".bias"];
}

at::Tensor norm(const MadeUpFile& file, const std::string& name, const at::Tensor& x) {
  const at::Tensor mean = x.mean(-1, true), spread = (x - mean).square().mean(-1, true);
  return (x - mean) / at::sqrt(spread + 1e-5) * file[name + ".weight"] + file[name + ".bias"];
}

at::Tensor batch_norm(const MadeUpFile& file, const std::string& name, const at::Tensor& x) {
  const auto column = [&](const char* what) { return file[name + what].view({1, -1, 1, 1}); };
  return (x - column(".running_mean")) / at::sqrt(column(".running_var") + 1e-5) * column(".weight") + column(".bias");
}

at::Tensor leaky(const at::Tensor& x, double slope) { return at::where(x > 0, x, x * slope); }

at::Tensor gelu(const at::Tensor& x) { return x * 0.5 * (1 + at::erf(x / std::sqrt(2.0))); }

at::Tensor attention_by_pairs(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                              const std::function<double(int64_t, int64_t)>& sees) {
  const at::Tensor products = at::matmul(q, k.t()).to(at::kDouble) / std::sqrt(static_cast<double>(q.size(1)));
  at::Tensor out = at::zeros({q.size(0), v.size(1)}, at::kDouble);
  for (int64_t i = 0; i < q.size(0); ++i) {
    double sum = 0;
    for (int64_t j = 0; j < k.size(0); ++j) {
      const double term = sees(i, j);
      if (std::isinf(term)) continue;
      const double weight = std::exp(products[i][j].item<double>() + term);
      out[i] += v[j].to(at::kDouble) * weight;
      sum += weight;
    }
    out[i] /= sum;
  }
  return out.to(at::kFloat);
}

double window_term(int64_t length, int64_t window, int64_t roll, int64_t a, int64_t b) {
  const auto rolled = [&](int64_t at) { return (at - roll + length) % length; };
  if (rolled(a) / window != rolled(b) / window) return -std::numeric_limits<double>::infinity();
  return rolled(a) - rolled(b) == a - b ? 0 : -100;
}

at::Tensor mirrored(const at::Tensor& x, int64_t multiple) {
  const int64_t rows = (multiple - x.size(2) % multiple) % multiple,
                columns = (multiple - x.size(3) % multiple) % multiple;
  return at::reflection_pad2d(x, {0, columns, 0, rows});
}

at::Tensor shuffled(const at::Tensor& x, int64_t side) {
  at::Tensor out = at::zeros({1, x.size(1) / (side * side), x.size(2) * side, x.size(3) * side});
  for (int64_t channel = 0; channel < x.size(1); ++channel) {
    const int64_t row = channel / side % side, column = channel % side;
    out.select(1, channel / (side * side))
        .slice(1, row, {}, side)
        .slice(2, column, {}, side)
        .copy_(x.select(1, channel));
  }
  return out;
}

at::Tensor doubled(const at::Tensor& x) { return x.repeat_interleave(2, 2).repeat_interleave(2, 3); }

at::Tensor mean_colour() { return at::tensor({0.4488, 0.4371, 0.4040}).to(at::kFloat).view({1, 3, 1, 1}); }

}  // namespace fude::tests
