#include "weights/model_files.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <system_error>
#include <utility>

#include "core/error.h"
#include "io/diffusers_folder.h"
#include "weights/diffusers_names.h"
#include "weights/ema_names.h"
#include "weights/state_dict.h"

namespace fude::weights {
namespace {

constexpr std::string_view kUNet = "model.diffusion_model.";
constexpr std::string_view kAutoencoder = "first_stage_model.";
constexpr std::string_view kTextModel = "text_model.";

/// What a tensor is to be called.
using Renaming = std::function<std::string(const std::string& name)>;

/// Diffusers keeps the autoencoder's attention as matrices, the original as convolutions of one pixel.
void restore_convolution(const std::string& name, io::TensorRecord& record) {
  const bool is_attention = name.find(".mid.attn_1.") != std::string::npos && name.ends_with(".weight");
  if (!is_attention || record.shape.size() != 2) return;
  record.shape.insert(record.shape.end(), {1, 1});
  record.strides.insert(record.strides.end(), {1, 1});
}

void add_tensors(const io::TensorFile& file, const Renaming& rename, io::Assembly& assembly) {
  for (const auto& [name, record] : file.tensors()) {
    const std::string original = rename(name);
    const auto [added, is_new] = assembly.tensors.emplace(original, record);
    if (!is_new) {
      fail(ErrorCode::kCorruptFile, "'{}': tensor '{}' stands for '{}', which another stands for, too",
           printable(file.name()), printable(name), printable(original));
    }
    restore_convolution(original, added->second);
  }
}

// A name that no map knows stays, below the network's prefix: whoever builds the network says that it has no place.

Renaming unet_renaming(const TensorIndex& index) {
  return [names = DiffusersUNetNames(index)](const std::string& name) {
    return std::string(kUNet) + names.original(name).value_or(name);
  };
}

Renaming autoencoder_renaming(const TensorIndex& index) {
  return [names = DiffusersAutoencoderNames(index)](const std::string& name) {
    return std::string(kAutoencoder) + names.original(name).value_or(name);
  };
}

bool is_diffusers_unet(const TensorIndex& index) {
  return index.contains("conv_in.weight") && index.contains("time_embedding.linear_1.weight") &&
         has_prefix(index, "up_blocks.");
}

bool is_diffusers_autoencoder(const TensorIndex& index) {
  return has_prefix(index, "decoder.up_blocks.") && has_prefix(index, "decoder.mid_block.resnets.");
}

bool is_bare_unet(const TensorIndex& index) {
  return index.contains("input_blocks.0.0.weight") && index.contains("out.2.weight");
}

/// stable-diffusion.cpp calls SDXL's encoders the first and second "cond_stage_model".
constexpr std::string_view kSecondEncoder = "cond_stage_model.1.transformer.text_model.";
constexpr std::string_view kFirstEncoder = "cond_stage_model.transformer.text_model.";

std::string sdxl_encoder_name(const std::string& name) {
  if (name.starts_with(kSecondEncoder)) return "conditioner.embedders.1.model." + name.substr(kSecondEncoder.size());
  if (!name.starts_with(kFirstEncoder)) return name;
  return "conditioner.embedders.0.transformer.text_model." + name.substr(kFirstEncoder.size());
}

std::optional<Renaming> renaming_of(const TensorIndex& index) {
  if (is_diffusers_unet(index)) return unet_renaming(index);
  if (is_diffusers_autoencoder(index)) return autoencoder_renaming(index);
  if (is_bare_unet(index)) return [](const std::string& name) { return std::string(kUNet) + name; };
  if (has_prefix(index, kSecondEncoder)) return sdxl_encoder_name;
  return std::nullopt;
}

/// Where a text encoder's names begin in a single file. Stable Diffusion 1 and 2 have one, SDXL two, its refiner only
/// the second. Below it, Hugging Face's names stay.
std::string text_prefix(const io::DiffusersFolder& folder, std::string_view network) {
  const auto has = [&](std::string_view wanted) {
    return std::ranges::find(folder.parts, wanted, &io::DiffusersFolder::Part::network) != folder.parts.end();
  };
  if (network == "text_encoder_2") {
    return has("text_encoder") ? "conditioner.embedders.1.model." : "conditioner.embedders.0.model.";
  }
  return has("text_encoder_2") ? "conditioner.embedders.0.transformer.text_model."
                               : "cond_stage_model.transformer.text_model.";
}

Renaming text_renaming(std::string prefix) {
  return [prefix = std::move(prefix)](const std::string& name) {
    return prefix + (name.starts_with(kTextModel) ? name.substr(kTextModel.size()) : name);
  };
}

Renaming renaming_of(const io::DiffusersFolder& folder, std::string_view network, const TensorIndex& index) {
  if (network == "unet") return unet_renaming(index);
  if (network == "vae") return autoencoder_renaming(index);
  return text_renaming(text_prefix(folder, network));
}

TensorIndex index_of_all(const std::vector<io::TensorFile>& files) {
  TensorIndex index;
  for (const io::TensorFile& file : files) index.merge(index_of(file));
  return index;
}

io::TensorFile open_folder(const std::filesystem::path& path) {
  io::DiffusersFolder folder = io::open_diffusers_folder(path);
  io::Assembly assembly{.name = path.string(), .parts = {}, .tensors = {}, .metadata = std::move(folder.metadata)};
  const bool is_one_network = folder.parts.size() == 1;
  for (const io::DiffusersFolder::Part& part : folder.parts) {
    const TensorIndex index = index_of_all(part.files);
    // A network's own folder may have any name; its tensors tell which it is.
    const std::optional<Renaming> told = is_one_network ? renaming_of(index) : std::nullopt;
    const Renaming rename = told ? *told : renaming_of(folder, part.network, index);
    for (const io::TensorFile& file : part.files) {
      add_tensors(file, rename, assembly);
      assembly.parts.push_back(file);
    }
  }
  return io::TensorFile::assemble(std::move(assembly));
}

}  // namespace

io::TensorFile with_original_names(const io::TensorFile& file) {
  const std::optional<Renaming> rename = renaming_of(index_of(file));
  if (!rename) return file;
  io::Assembly assembly{
      .name = file.name(), .parts = {file}, .tensors = {}, .metadata = file.metadata(), .format = file.format()};
  add_tensors(file, *rename, assembly);
  return io::TensorFile::assemble(std::move(assembly));
}

io::TensorFile open_model(const std::filesystem::path& path) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) return open_folder(path);
  return with_averages_as_weights(with_original_names(io::TensorFile::open(path)));
}

}  // namespace fude::weights
