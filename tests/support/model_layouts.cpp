#include "tests/support/model_layouts.h"

#include <algorithm>
#include <fstream>
#include <functional>

#include "io/safetensors_writer.h"
#include "io/tensor_file.h"
#include "tests/support/checkpoint_writer.h"
#include "tests/support/diffusers_writer.h"
#include "tests/support/gguf_builder.h"

namespace fude::tests {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kUNet = "model.diffusion_model.";

std::string stored_bytes(const at::Tensor& tensor) {
  const at::Tensor whole = tensor.contiguous();
  return {static_cast<const char*>(whole.data_ptr()), whole.nbytes()};
}

fs::path write_bytes(const fs::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
  return path;
}

// What PyTorch calls a storage of the types that the tiny models have.
std::string storage_type(at::ScalarType type) { return type == at::kLong ? "LongStorage" : "HalfStorage"; }

// ggml's numbers for the same types.
std::uint32_t gguf_type(at::ScalarType type) { return type == at::kLong ? 27 : 1; }

std::string pickled_checkpoint(const io::TensorFile& file, bool is_legacy) {
  std::vector<std::pair<std::string, std::string>> items;
  std::vector<StoredBytes> storages;
  for (const auto& [name, record] : file.tensors()) {
    const at::Tensor tensor = file.tensor(name).contiguous();
    const std::string key = std::to_string(storages.size());
    const std::string view = is_legacy ? pickle::none() : std::string();
    items.emplace_back(name,
                       pickle::tensor(pickle::storage(storage_type(tensor.scalar_type()), key, tensor.numel(), view), 0,
                                      tensor.sizes().vec(), tensor.strides().vec()));
    storages.push_back({key, stored_bytes(tensor), tensor.numel()});
  }
  const std::string root = pickle::dictionary({{"state_dict", pickle::ordered_dictionary(items)}});
  return is_legacy ? legacy_checkpoint(root, storages) : zip_checkpoint(root, storages);
}

/// Tensors whose new name is empty are left out.
std::string gguf(const io::TensorFile& file, const std::function<std::string(const std::string&)>& rename) {
  GgufBuilder builder;
  for (const auto& [name, record] : file.tensors()) {
    const std::string to = rename(name);
    if (to.empty()) continue;
    std::vector<std::uint64_t> sizes(record.shape.rbegin(), record.shape.rend());
    const at::Tensor tensor = file.tensor(name);
    builder.tensor(to, sizes, gguf_type(tensor.scalar_type()), stored_bytes(tensor));
  }
  return builder.build();
}

std::string average_name(const std::string& name) {
  if (!name.starts_with(kUNet)) return name;
  std::string flat = name.substr(std::string_view("model.").size());
  std::erase(flat, '.');
  return "model_ema." + flat;
}

std::string bare_name(const std::string& name) {
  return name.starts_with(kUNet) ? name.substr(kUNet.size()) : std::string();
}

fs::path write_renamed(const io::TensorFile& file, const fs::path& path,
                       const std::function<std::string(const std::string&)>& rename) {
  std::map<std::string, at::Tensor> tensors;
  for (const auto& [name, record] : file.tensors()) {
    if (const std::string to = rename(name); !to.empty()) tensors.emplace(to, file.tensor(name));
  }
  io::write_safetensors(path, tensors);
  return path;
}

}  // namespace

fs::path write_layout(ModelLayout layout, const fs::path& checkpoint, const fs::path& folder) {
  const io::TensorFile file = io::TensorFile::open(checkpoint);
  switch (layout) {
    case ModelLayout::kSafetensors: break;
    case ModelLayout::kZipCheckpoint: return write_bytes(folder / "model.ckpt", pickled_checkpoint(file, false));
    case ModelLayout::kLegacyCheckpoint: return write_bytes(folder / "model.pt", pickled_checkpoint(file, true));
    case ModelLayout::kDiffusersFolder: write_diffusers_folder(checkpoint, folder / "model"); return folder / "model";
    case ModelLayout::kAverages: return write_renamed(file, folder / "averages.safetensors", average_name);
    case ModelLayout::kGguf: return write_bytes(folder / "model.gguf", gguf(file, std::identity()));
  }
  return checkpoint;
}

fs::path write_bare_unet(const fs::path& checkpoint, const fs::path& folder, bool as_gguf) {
  const io::TensorFile file = io::TensorFile::open(checkpoint);
  if (as_gguf) return write_bytes(folder / "unet.gguf", gguf(file, bare_name));
  return write_renamed(file, folder / "unet.safetensors", bare_name);
}

}  // namespace fude::tests
