#include "merging/merge_models.h"

#include <algorithm>
#include <regex>
#include <set>
#include <system_error>
#include <utility>

#include "core/error.h"
#include "core/names.h"
#include "io/element_type.h"
#include "io/model_hashes.h"
#include "io/safetensors_writer.h"
#include "merging/merge_metadata.h"
#include "models/file_summary.h"

namespace fude::merging {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kAutoencoder = "first_stage_model.";
constexpr int64_t kChannelsOfLatents = 4;
constexpr int64_t kElementsAtOnce = int64_t{1} << 22;

/// Where a tensor of the result comes from.
struct Step {
  const Parent* source;    // whose tensor it is, or begins as
  std::string source_key;  // there
  bool is_merged = false;
  bool is_widened = false;  // A's first dimension but one is longer: only the first channels are merged
};

bool is_floating(const io::TensorRecord& record) {
  return record.type != io::TensorType::kOther && at::isFloatingType(io::scalar_type(record.type));
}

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

  MergeReport run(const fs::path& out) {
    if (options_.method == MergeMethod::kCosine) measure();
    const std::vector<ParentFacts> facts = parent_facts();
    report_.metadata = merge_metadata(facts, options_, merge_name(parents_, options_));
    report_.warnings = combine_licences(facts).warnings;
    io::SafetensorsStream stream(out, planned(), report_.metadata);
    std::size_t done = 0;
    for (const io::PlannedTensor& tensor : stream.tensors()) {
      write_tensor(stream, tensor, steps_.at(tensor.name));
      forget(tensor.name, steps_.at(tensor.name));
      events_.on_progress("merging", ++done, steps_.size());
    }
    stream.commit();
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

  at::ScalarType result_type(const io::TensorRecord& record) const {
    const at::ScalarType own = io::scalar_type(record.type);
    if (!at::isFloatingType(own)) return own;
    switch (options_.type) {
      case MergeType::kAsA: return own;
      case MergeType::kFloat: return at::kFloat;
      case MergeType::kHalf: return at::kHalf;
      case MergeType::kBFloat16: return at::kBFloat16;
    }
    return own;
  }

  std::vector<io::PlannedTensor> planned() const {
    std::vector<io::PlannedTensor> tensors;
    for (const auto& [key, step] : steps_) {
      const io::TensorRecord& record = step.source->file.tensors().at(step.source_key);
      tensors.push_back({key, result_type(record), record.shape});
    }
    return tensors;
  }

  double alpha(const std::string& key) const { return options_.alpha[block_of(key, options_.alpha.layout())]; }
  double beta(const std::string& key) const { return options_.beta[block_of(key, options_.beta.layout())]; }

  void write_tensor(io::SafetensorsStream& stream, const io::PlannedTensor& planned, const Step& step) const {
    const at::Tensor a = step.source->file.tensor(step.source_key);
    const at::Tensor b = step.is_merged ? parents_.b->file.tensor(planned.name) : at::Tensor();
    const at::Tensor c = step.is_merged && takes_c_ ? parents_.c->file.tensor(planned.name) : at::Tensor();
    const int64_t rows = a.dim() == 0 ? 1 : a.size(0);
    const bool is_whole = options_.method == MergeMethod::kCosine || a.numel() <= kElementsAtOnce;
    const int64_t at_once = is_whole ? rows : std::max<int64_t>(1, kElementsAtOnce / (a.numel() / rows));
    for (int64_t row = 0; row < rows; row += at_once) {
      const auto part = [&](const at::Tensor& tensor) {
        return !tensor.defined() || is_whole ? tensor : tensor.narrow(0, row, std::min(at_once, rows - row));
      };
      const at::Tensor result = step.is_merged ? merged(planned.name, step, part(a), part(b), part(c)) : part(a);
      stream.write(result.to(planned.type));
    }
  }

  at::Tensor merged(const std::string& key, const Step& step, const at::Tensor& a, const at::Tensor& b,
                    const at::Tensor& c) const {
    at::Tensor result = a.to(at::kFloat, /*non_blocking=*/false, /*copy=*/true).contiguous();
    at::Tensor target = step.is_widened ? result.narrow(1, 0, kChannelsOfLatents) : result;
    const auto fitting = [&](const at::Tensor& tensor) {
      if (!tensor.defined()) return tensor;
      return (step.is_widened ? tensor.narrow(1, 0, kChannelsOfLatents) : tensor).to(at::kFloat);
    };
    if (options_.method == MergeMethod::kCosine) {
      cosines_.merge_into(target, fitting(b), alpha(key));
    } else {
      merge_into(target, fitting(b), fitting(c), options_.method, alpha(key), beta(key));
    }
    return result;
  }

  void measure() {
    std::size_t done = 0;
    for (const auto& [key, step] : steps_) {
      events_.on_progress("measuring", done++, steps_.size());
      if (!step.is_merged || step.is_widened) continue;
      cosines_.add(parents_.a.file.tensor(key).to(at::kFloat), parents_.b->file.tensor(key).to(at::kFloat));
      forget(key, step);
    }
    cosines_.finish();
  }

  /// Lets go of the files' pages behind a tensor that has been read.
  void forget(const std::string& key, const Step& step) const {
    const auto forget_in = [&](const Parent& parent, const std::string& name) {
      const auto found = parent.file.tensors().find(name);
      if (parent.mapping && found != parent.file.tensors().end()) parent.mapping->forget(found->second.bytes);
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
        events_.on_progress(fmt::format("hashing {}", role), done, bytes.size());
        if (parent.mapping) parent.mapping->forget(bytes.subspan(forgotten, done - forgotten));
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
  std::shared_ptr<const platform::MappedFile> mapping = platform::MappedFile::open(path);
  io::TensorFile file = io::TensorFile::from_memory(mapping->bytes(), mapping, path.string());
  return {.name = path.stem().string(), .file = std::move(file), .mapping = std::move(mapping)};
}

MergeType parse_merge_type(std::string_view name) {
  if (same_name(name, "same")) return MergeType::kAsA;
  if (same_name(name, "fp32")) return MergeType::kFloat;
  if (same_name(name, "fp16")) return MergeType::kHalf;
  if (same_name(name, "bf16")) return MergeType::kBFloat16;
  fail(ErrorCode::kInvalidArgument, "type of the result is '{}', expected same, fp32, fp16 or bf16",
       printable(name, 40));
}

BlockLayout layout_of(const io::TensorFile& file) {
  const auto has = [&](std::string_view prefix) {
    const auto next = file.tensors().lower_bound(std::string(prefix));
    return next != file.tensors().end() && next->first.starts_with(prefix);
  };
  const bool is_short = has("model.diffusion_model.input_blocks.8.") && !has("model.diffusion_model.input_blocks.9.");
  return {.side = is_short ? std::size_t{9} : std::size_t{12}};
}

std::string merge_name(const MergeParents& parents, const MergeOptions& options) {
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

MergeReport merge_models(const MergeParents& parents, const MergeOptions& options, const fs::path& out,
                         const MergeEvents& events) {
  std::error_code unknown;
  if (fs::exists(out, unknown)) {
    fail(ErrorCode::kInvalidArgument, "'{}' exists already, expected another place for the result",
         printable(out.string()));
  }
  const at::NoGradGuard no_grad;
  return Merger(parents, options, events).run(out);
}

}  // namespace fude::merging
