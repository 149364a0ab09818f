#include "merging/merge_models.h"

#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <regex>
#include <system_error>
#include <utility>

#include "core/error.h"
#include "core/platform/atomic_file.h"
#include "io/model_hashes.h"
#include "io/safetensors_writer.h"
#include "merging/merge_metadata.h"
#include "models/file_summary.h"
#include "weights/model_files.h"

namespace fude::merging {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kAutoencoder = "first_stage_model.";
constexpr int64_t kChannelsOfLatents = 4;
constexpr std::size_t kMebibyte = std::size_t{1} << 20;
constexpr int64_t kElementsAtOnce = int64_t{1} << 20;

/// Where a tensor of the result comes from.
struct Step {
  const Parent* source;    // whose tensor it is, or begins as
  std::string source_key;  // there
  bool is_merged = false;
  bool is_widened = false;  // A's first dimension but one is longer: only the first channels are merged
};

const io::TensorRecord* find_tensor(const std::optional<Parent>& parent, const std::string& key) {
  if (!parent) return nullptr;
  const auto found = parent->file.tensors().find(key);
  return found == parent->file.tensors().end() ? nullptr : &found->second;
}

std::regex compile(const std::string& pattern) {
  try {
    return std::regex(pattern, std::regex::ECMAScript | std::regex::optimize);
  } catch (const std::regex_error&) {
    fail(ErrorCode::kInvalidArgument, "'{}' is no regular expression, expected such as ^model_ema\\.",
         printable(pattern));
  }
}

class Merger {
 public:
  Merger(const MergeParents& parents, const MergeOptions& options, const MergeEvents& events)
      : parents_(parents), options_(options), events_(events) {
    const MergeMethodEntry& entry = *std::ranges::find(kMergeMethods, options.method, &MergeMethodEntry::method);
    const bool lacks_b = entry.parents >= 2 && !parents.b, lacks_c = entry.parents >= 3 && !parents.c;
    if (lacks_b || lacks_c) {
      fail(ErrorCode::kInvalidArgument, "merge method {} takes {} models, but {} is missing", entry.id, entry.parents,
           lacks_b ? "B" : "C");
    }
    takes_c_ = entry.parents >= 3;
    plan();
  }

  /// What the result will hold; everything about the parents is known after this.
  io::SafetensorsStream prepare() {
    if (options_.method == MergeMethod::kCosine) measure();
    const std::vector<ParentFacts> facts = parent_facts();
    report_.metadata = merge_metadata(facts, options_, merge_name(parents_, options_));
    report_.warnings = combine_licences(facts).warnings;
    return io::SafetensorsStream(planned(), report_.metadata);
  }

  MergeReport run(io::SafetensorsStream& stream, io::SafetensorsStream::Sink sink) {
    stream.begin(std::move(sink));
    std::size_t done = 0;
    for (const io::PlannedTensor& tensor : stream.tensors()) {
      const Step& step = steps_.at(tensor.name);
      write_tensor(stream, tensor.name, step);
      forget(tensor.name, step);
      events_.on_progress("merging", ++done, steps_.size());
    }
    stream.finish();
    return std::move(report_);
  }

 private:
  void plan() {
    const std::optional<std::regex> discard =
        options_.discard.empty() ? std::nullopt : std::optional(compile(options_.discard));
    const auto add = [&](const std::string& key, Step step) {
      if (discard && std::regex_search(key, *discard)) {
        ++report_.discarded;
      } else {
        steps_[key] = std::move(step);
      }
    };
    for (const auto& [key, record] : parents_.a.file.tensors()) {
      if (record.type == io::TensorType::kOther) {
        fail(ErrorCode::kUnsupportedModel, "tensor '{}' of '{}' has type {}, which cannot be copied", printable(key),
             printable(parents_.a.name), printable(record.type_name, 20));
      }
      add(key, step_of(key, record));
    }
    if (parents_.autoencoder) add_autoencoder(add);
    for (const auto& [key, step] : steps_) ++(step.is_merged ? report_.merged : report_.kept);
    if (options_.method != MergeMethod::kNoInterpolation && report_.merged == 0) {
      fail(ErrorCode::kInvalidArgument, "'{}' and '{}' have no tensors in common, expected models of one kind",
           printable(parents_.a.name), printable(parents_.b->name));
    }
  }

  Step step_of(const std::string& key, const io::TensorRecord& a) {
    Step step{.source = &parents_.a, .source_key = key};
    const io::TensorRecord* b = find_tensor(parents_.b, key);
    const bool may_merge = options_.method != MergeMethod::kNoInterpolation && b != nullptr && is_floating(a) &&
                           is_floating(*b) && a.element_count() > 0 && key.find("model") != key.npos &&
                           !key.ends_with("position_ids");
    if (!may_merge) return step;
    // Both are judged by cosine in the U-Net and the text encoder only.
    if (options_.method == MergeMethod::kCosine && key.starts_with(kAutoencoder)) return step;
    const io::TensorRecord* c = takes_c_ ? find_tensor(parents_.c, key) : nullptr;
    if (takes_c_ && (c == nullptr || !is_floating(*c))) return step;  // no difference to add
    step.is_widened = is_wider(a, *b);
    check_shape(key, a, *b, *parents_.b, step.is_widened);
    if (c != nullptr) check_shape(key, a, *c, *parents_.c, step.is_widened);
    step.is_merged = true;
    return step;
  }

  /// An inpainting or instruct model's first layer beside that of a plain one.
  static bool is_wider(const io::TensorRecord& a, const io::TensorRecord& b) {
    const bool are_kernels = a.shape.size() == 4 && b.shape.size() == 4;
    return are_kernels && (a.shape[1] == 9 || a.shape[1] == 8) && b.shape[1] == kChannelsOfLatents;
  }

  void check_shape(const std::string& key, const io::TensorRecord& a, const io::TensorRecord& other,
                   const Parent& parent, bool is_widened) const {
    std::vector<int64_t> expected = a.shape;
    if (is_widened) expected[1] = kChannelsOfLatents;
    if (other.shape == expected || (is_widened && other.shape == a.shape)) return;
    const bool is_other_wider = is_wider(other, a);
    fail(ErrorCode::kInvalidArgument, "tensor '{}' has shape {} in '{}', expected {} as in '{}'{}", printable(key),
         io::shape_text(other.shape), printable(parent.name), io::shape_text(expected), printable(parents_.a.name),
         is_other_wider ? "; an inpainting model must be A" : "");
  }

  template <typename Add>
  void add_autoencoder(const Add& add) {
    bool has_any = false;
    for (const auto& [key, record] : parents_.autoencoder->file.tensors()) {
      const bool has_prefix = key.starts_with(kAutoencoder);
      const bool is_part = has_prefix || key.starts_with("encoder.") || key.starts_with("decoder.") ||
                           key.starts_with("quant_conv.") || key.starts_with("post_quant_conv.");
      if (!is_part || record.type == io::TensorType::kOther) continue;
      const std::string name = has_prefix ? key : std::string(kAutoencoder) + key;
      const io::TensorRecord* own = find_tensor(parents_.a, name);
      if (own != nullptr && own->shape != record.shape) {
        fail(ErrorCode::kInvalidArgument, "tensor '{}' has shape {} in autoencoder '{}', expected {}", printable(key),
             io::shape_text(record.shape), printable(parents_.autoencoder->name), io::shape_text(own->shape));
      }
      add(name, Step{.source = &*parents_.autoencoder, .source_key = key});
      has_any = true;
    }
    if (!has_any) {
      fail(ErrorCode::kInvalidArgument, "'{}' has no tensors of an autoencoder to bake in",
           printable(parents_.autoencoder->name));
    }
  }

  std::vector<io::PlannedTensor> planned() const {
    std::vector<io::PlannedTensor> tensors;
    for (const auto& [key, step] : steps_) {
      const io::TensorRecord& record = step.source->file.tensors().at(step.source_key);
      tensors.push_back({key, stored_as(record, key, options_.type), record.shape});
    }
    return tensors;
  }

  double alpha(const std::string& key) const { return options_.alpha[block_of(key, options_.alpha.layout())]; }
  double beta(const std::string& key) const { return options_.beta[block_of(key, options_.beta.layout())]; }

  /// Parts of a tensor of A and, where it is merged, of the others, along dimension 0.
  template <typename Use>
  void for_each_part(const std::string& key, const Step& step, const Use& use) const {
    const at::Tensor a = step.source->file.tensor(step.source_key);
    const at::Tensor b = step.is_merged ? parents_.b->file.tensor(key) : at::Tensor();
    const at::Tensor c = step.is_merged && takes_c_ ? parents_.c->file.tensor(key) : at::Tensor();
    if (a.dim() == 0 || a.numel() <= kElementsAtOnce) return use(a, b, c);
    const int64_t rows = a.size(0), at_once = std::max<int64_t>(1, kElementsAtOnce / (a.numel() / rows));
    for (int64_t row = 0; row < rows; row += at_once) {
      const auto part = [&](const at::Tensor& tensor) {
        return tensor.defined() ? tensor.narrow(0, row, std::min(at_once, rows - row)) : tensor;
      };
      use(part(a), part(b), part(c));
    }
  }

  void write_tensor(io::SafetensorsStream& stream, const std::string& key, const Step& step) const {
    const bool is_measured = step.is_merged && options_.method == MergeMethod::kCosine;
    const at::Tensor share = is_measured ? cosines_.share_of_a(sums_of(key, step), alpha(key)) : at::Tensor();
    for_each_part(key, step, [&](const at::Tensor& a, const at::Tensor& b, const at::Tensor& c) {
      stream.write(step.is_merged ? merged(key, step, {a, b, c}, share) : a);
    });
  }

  struct Parts {
    const at::Tensor &a, &b, &c;
  };

  at::Tensor merged(const std::string& key, const Step& step, const Parts& parts, const at::Tensor& share) const {
    at::Tensor result = parts.a.to(at::kFloat, /*non_blocking=*/false, /*copy=*/true).contiguous();
    at::Tensor target = common_channels(result, step);
    if (share.defined()) {
      merge_by_share(target, common_channels(parts.b, step), share);
    } else {
      merge_into(target, common_channels(parts.b, step), common_channels(parts.c, step), options_.method, alpha(key),
                 beta(key));
    }
    return result;
  }

  static at::Tensor common_channels(const at::Tensor& tensor, const Step& step) {
    return step.is_widened && tensor.defined() ? tensor.narrow(1, 0, kChannelsOfLatents) : tensor;
  }

  CosineSums sums_of(const std::string& key, const Step& step) const {
    CosineSums sums;
    for_each_part(key, step, [&](const at::Tensor& a, const at::Tensor& b, const at::Tensor&) {
      sums.add(common_channels(a, step), common_channels(b, step));
    });
    return sums;
  }

  void measure() {
    std::size_t done = 0;
    for (const auto& [key, step] : steps_) {
      events_.on_progress("measuring", done++, steps_.size());
      if (!step.is_merged) continue;
      cosines_.add(sums_of(key, step));
      forget(key, step);
    }
    cosines_.finish();
  }

  /// Lets go of the files' pages behind a tensor that has been read.
  void forget(const std::string& key, const Step& step) const {
    const auto forget_in = [](const Parent& parent, const std::string& name) {
      parent.file.forget(parent.file.tensors().at(name).bytes);
    };
    forget_in(*step.source, step.source_key);
    if (!step.is_merged) return;
    forget_in(*parents_.b, key);
    if (takes_c_) forget_in(*parents_.c, key);
  }

  std::vector<ParentFacts> parent_facts() const {
    std::vector<ParentFacts> facts;
    const auto add = [&](const char* role, const Parent& parent) {
      std::size_t forgotten = 0;
      const auto bytes = parent.file.bytes();
      const io::ModelHashes hashes = io::model_hashes(parent.file, [&](std::size_t done) {
        events_.on_progress(fmt::format("hashing {}, MiB", role), done / kMebibyte, bytes.size() / kMebibyte);
        parent.file.forget(bytes.subspan(forgotten, done - forgotten));
        forgotten = done;
      });
      facts.push_back({.role = role,
                       .name = parent.name,
                       .sha256 = hashes.sha256,
                       .legacy_hash = hashes.auto_v1,
                       .licence = models::summarize(parent.file).licence,
                       .metadata = parent.file.metadata()});
    };
    add("A", parents_.a);
    if (parents_.b) add("B", *parents_.b);
    if (parents_.c) add("C", *parents_.c);
    if (parents_.autoencoder) add("VAE", *parents_.autoencoder);
    return facts;
  }

  const MergeParents& parents_;
  const MergeOptions& options_;
  const MergeEvents& events_;
  bool takes_c_ = false;
  std::map<std::string, Step> steps_;  // by name in the result
  CosineScale cosines_;
  MergeReport report_;
};

}  // namespace

Parent Parent::open(const fs::path& path) {
  std::error_code ignored;
  const fs::path file = path.has_filename() ? path : path.parent_path();
  const bool is_folder = fs::is_directory(file, ignored);
  return {.name = (is_folder ? file.filename() : file.stem()).string(), .file = weights::open_model(path)};
}

BlockLayout layout_of(const io::TensorFile& file) {
  const auto has = [&](std::string_view prefix) {
    const auto next = file.tensors().lower_bound(std::string(prefix));
    return next != file.tensors().end() && next->first.starts_with(prefix);
  };
  const bool is_short = has("model.diffusion_model.input_blocks.8.") && !has("model.diffusion_model.input_blocks.9.");
  return {.side = is_short ? std::size_t{9} : std::size_t{12}};
}

namespace {

/// "0.7(A) + 0.3(B)".
std::string formula_of(const MergeParents& parents, const MergeOptions& options) {
  const auto name = [](const std::optional<Parent>& parent) { return parent ? parent->name : std::string("?"); };
  const auto number = [](const BlockWeights& weights, double factor, double term) {
    return weights.is_uniform() ? fmt::format("{:.4g}", term + factor * weights[kBase]) : std::string("MBW");
  };
  const std::string a = parents.a.name, b = name(parents.b), c = name(parents.c);
  const std::string alpha = number(options.alpha, 1, 0), beta = number(options.beta, 1, 0);
  switch (options.method) {
    case MergeMethod::kNoInterpolation: return a;
    case MergeMethod::kWeightedSum: return fmt::format("{}({}) + {}({})", number(options.alpha, -1, 1), a, alpha, b);
    case MergeMethod::kAddDifference: return fmt::format("{} + {}({} - {})", a, alpha, b, c);
    case MergeMethod::kTrainDifference: return fmt::format("{} + train {}({} - {})", a, alpha, b, c);
    case MergeMethod::kSumTwice: return fmt::format("({} + {}({})) + {}({})", a, alpha, b, beta, c);
    case MergeMethod::kTripleSum: return fmt::format("{} + {}({}) + {}({})", a, alpha, b, beta, c);
    case MergeMethod::kCosine: return fmt::format("{} + cosine {}({})", a, alpha, b);
  }
  return a;
}

/// Programs that go by names know a model that takes more than latents by this.
std::string_view input_suffix(const io::TensorFile& file) {
  const auto found = file.tensors().find("model.diffusion_model.input_blocks.0.0.weight");
  if (found == file.tensors().end() || found->second.shape.size() != 4) return "";
  if (found->second.shape[1] == 9) return ".inpainting";
  return found->second.shape[1] == 8 ? ".instruct-pix2pix" : "";
}

}  // namespace

std::string merge_name(const MergeParents& parents, const MergeOptions& options) {
  std::string name = formula_of(parents, options);
  if (options.method != MergeMethod::kNoInterpolation) name += input_suffix(parents.a.file);
  return name;
}

MergeReport merge_models(const MergeParents& parents, const MergeOptions& options, const fs::path& out,
                         const MergeEvents& events) {
  const at::NoGradGuard no_grad;
  Merger merger(parents, options, events);
  platform::AtomicFile file(out);  // first: a place that cannot be written to is known before long work
  io::SafetensorsStream stream = merger.prepare();
  MergeReport report = merger.run(stream, [&](std::span<const std::byte> bytes) { file.write(bytes); });
  file.commit();
  return report;
}

MergedModel merge_in_memory(const MergeParents& parents, const MergeOptions& options, const std::string& name,
                            const MergeEvents& events) {
  const at::NoGradGuard no_grad;
  Merger merger(parents, options, events);
  io::SafetensorsStream stream = merger.prepare();
  const std::size_t size = stream.byte_count();
  const std::shared_ptr<std::byte[]> memory(new std::byte[size]);  // not filled with zeros first
  std::size_t written = 0;
  MergeReport report = merger.run(stream, [&](std::span<const std::byte> bytes) {
    std::memcpy(memory.get() + written, bytes.data(), bytes.size());
    written += bytes.size();
  });
  return {.file = io::TensorFile::from_memory({memory.get(), size}, memory, name), .report = std::move(report)};
}

}  // namespace fude::merging
