#pragma once

#include <ATen/ATen.h>

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "io/tensor_file.h"
#include "merging/low_rank.h"
#include "merging/storage_type.h"
#include "models/adapters/adapter_layout.h"

namespace fude::merging {

/// What a LoRA changes of one weight: scale * up * down.
struct LoraLayer {
  LowRank factors;
  double scale = 1;                  // alpha / rank
  std::vector<int64_t> kernel = {};  // of a convolution: {height, width}; empty: the weight is a matrix
};

/// A LoRA's file in the making.
struct LoraTensors {
  std::map<std::string, at::Tensor> tensors;
  std::map<std::string, std::string> metadata;
  std::vector<std::string> warnings = {};  // licences that differ, and such, one line each
};

/// Reads a plain LoRA or LoCon layer; a Tucker middle is multiplied into the lower factor.
/// Throws Error: kUnsupportedModel (another family, DoRA), kCorruptFile (factors that do not fit, or are not finite).
LoraLayer read_lora_layer(const models::AdapterModule& module, const io::TensorFile& file);

/// Adds a layer under kohya's names: "STEM.lora_up.weight", "STEM.lora_down.weight", "STEM.alpha".
void add_lora_layer(LoraTensors& lora, const std::string& stem, const LoraLayer& layer, at::ScalarType type);

/// The factors in the shapes that files have: up [out,r] or [out,r,1,1], down [r,in] or [r,in,h,w].
at::Tensor stored_up(const LoraLayer& layer);
at::Tensor stored_down(const LoraLayer& layer);

/// kohya's name of a module: "unet_x" becomes "lora_unet_x", "te1_x" "lora_te_x" unless there are two text encoders.
std::string kohya_name(std::string_view module, bool has_two_encoders);

/// The type of a LoRA's tensors; those of the file that `own` is from for kSame. Throws Error(kInvalidArgument) for
/// types of 8 bits.
at::ScalarType lora_type(StorageType type, at::ScalarType own);

/// Ranks and alphas of the layers put so far, for "ss_network_dim" and "ss_network_alpha": a number if it is one, else
/// "Dynamic".
class NetworkSize {
 public:
  void add(const LoraLayer& layer);
  void write(std::map<std::string, std::string>& metadata) const;

 private:
  std::map<std::string, std::size_t> ranks_, alphas_;
};

/// Writes the file with the hashes that sd-scripts leave in the metadata: "sshs_model_hash" is the SHA-256 of the
/// tensors' bytes, "sshs_legacy_hash" 8 digits of that over 64 KiB at 1 MiB of a file with the "ss_" entries alone.
void save_lora(const std::filesystem::path& path, LoraTensors lora);

/// Says in the metadata where a LoRA comes from, and warns where the parents' licences differ.
void add_lineage(LoraTensors& lora, const std::vector<std::pair<std::string, io::TensorFile>>& parents);

/// Called after each layer; may throw Error(kCancelled).
using LayerProgress = std::function<void(std::size_t done, std::size_t total)>;

}  // namespace fude::merging
