#include "tests/support/diffusers_writer.h"

#include <fstream>

#include "io/safetensors_writer.h"
#include "io/tensor_file.h"

namespace fude::tests {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

/// Weight and bias of a layer.
void add(Pairs& pairs, const std::string& theirs, const std::string& ours) {
  pairs.emplace_back(theirs + ".weight", ours + ".weight");
  pairs.emplace_back(theirs + ".bias", ours + ".bias");
}

enum class Shortcut { kNone, kSome };

void add_unet_residual(Pairs& pairs, const std::string& theirs, const std::string& ours, Shortcut shortcut) {
  add(pairs, theirs + ".norm1", ours + ".in_layers.0");
  add(pairs, theirs + ".conv1", ours + ".in_layers.2");
  add(pairs, theirs + ".time_emb_proj", ours + ".emb_layers.1");
  add(pairs, theirs + ".norm2", ours + ".out_layers.0");
  add(pairs, theirs + ".conv2", ours + ".out_layers.3");
  if (shortcut == Shortcut::kSome) add(pairs, theirs + ".conv_shortcut", ours + ".skip_connection");
}

void add_transformer(Pairs& pairs, const std::string& theirs, const std::string& ours) {
  for (const char* layer : {".norm", ".proj_in", ".proj_out"}) add(pairs, theirs + layer, ours + layer);
  const std::string block = ".transformer_blocks.0";
  for (const char* layer :
       {".norm1", ".norm2", ".norm3", ".attn1.to_out.0", ".attn2.to_out.0", ".ff.net.0.proj", ".ff.net.2"}) {
    add(pairs, theirs + block + layer, ours + block + layer);
  }
  for (const char* matrix :
       {".attn1.to_q", ".attn1.to_k", ".attn1.to_v", ".attn2.to_q", ".attn2.to_k", ".attn2.to_v"}) {
    pairs.emplace_back(theirs + block + matrix + ".weight", ours + block + matrix + ".weight");
  }
}

Pairs unet_names() {
  Pairs pairs;
  add(pairs, "conv_in", "input_blocks.0.0");
  add(pairs, "time_embedding.linear_1", "time_embed.0");
  add(pairs, "time_embedding.linear_2", "time_embed.2");
  // Widths 1, 2, 4, 4: the second and third block widen in their first layer.
  add_unet_residual(pairs, "down_blocks.0.resnets.0", "input_blocks.1.0", Shortcut::kNone);
  add_transformer(pairs, "down_blocks.0.attentions.0", "input_blocks.1.1");
  add_unet_residual(pairs, "down_blocks.0.resnets.1", "input_blocks.2.0", Shortcut::kNone);
  add_transformer(pairs, "down_blocks.0.attentions.1", "input_blocks.2.1");
  add(pairs, "down_blocks.0.downsamplers.0.conv", "input_blocks.3.0.op");
  add_unet_residual(pairs, "down_blocks.1.resnets.0", "input_blocks.4.0", Shortcut::kSome);
  add_transformer(pairs, "down_blocks.1.attentions.0", "input_blocks.4.1");
  add_unet_residual(pairs, "down_blocks.1.resnets.1", "input_blocks.5.0", Shortcut::kNone);
  add_transformer(pairs, "down_blocks.1.attentions.1", "input_blocks.5.1");
  add(pairs, "down_blocks.1.downsamplers.0.conv", "input_blocks.6.0.op");
  add_unet_residual(pairs, "down_blocks.2.resnets.0", "input_blocks.7.0", Shortcut::kSome);
  add_transformer(pairs, "down_blocks.2.attentions.0", "input_blocks.7.1");
  add_unet_residual(pairs, "down_blocks.2.resnets.1", "input_blocks.8.0", Shortcut::kNone);
  add_transformer(pairs, "down_blocks.2.attentions.1", "input_blocks.8.1");
  add(pairs, "down_blocks.2.downsamplers.0.conv", "input_blocks.9.0.op");
  add_unet_residual(pairs, "down_blocks.3.resnets.0", "input_blocks.10.0", Shortcut::kNone);
  add_unet_residual(pairs, "down_blocks.3.resnets.1", "input_blocks.11.0", Shortcut::kNone);
  add_unet_residual(pairs, "mid_block.resnets.0", "middle_block.0", Shortcut::kNone);
  add_transformer(pairs, "mid_block.attentions.0", "middle_block.1");
  add_unet_residual(pairs, "mid_block.resnets.1", "middle_block.2", Shortcut::kNone);
  for (int layer = 0; layer < 12; ++layer) {  // each takes in what its twin on the way down gave out
    const std::string block = "up_blocks." + std::to_string(layer / 3);
    const std::string theirs = std::to_string(layer % 3), ours = "output_blocks." + std::to_string(layer);
    add_unet_residual(pairs, block + ".resnets." + theirs, ours + ".0", Shortcut::kSome);
    if (layer >= 3) add_transformer(pairs, block + ".attentions." + theirs, ours + ".1");
  }
  add(pairs, "up_blocks.0.upsamplers.0.conv", "output_blocks.2.1.conv");
  add(pairs, "up_blocks.1.upsamplers.0.conv", "output_blocks.5.2.conv");
  add(pairs, "up_blocks.2.upsamplers.0.conv", "output_blocks.8.2.conv");
  add(pairs, "conv_norm_out", "out.0");
  add(pairs, "conv_out", "out.2");
  return pairs;
}

void add_autoencoder_residual(Pairs& pairs, const std::string& theirs, const std::string& ours) {
  for (const char* layer : {".norm1", ".conv1", ".norm2", ".conv2"}) add(pairs, theirs + layer, ours + layer);
  add(pairs, theirs + ".conv_shortcut", ours + ".nin_shortcut");
}

void add_autoencoder_half(Pairs& pairs, const std::string& half) {
  add(pairs, half + ".conv_in", half + ".conv_in");
  add_autoencoder_residual(pairs, half + ".mid_block.resnets.0", half + ".mid.block_1");
  add_autoencoder_residual(pairs, half + ".mid_block.resnets.1", half + ".mid.block_2");
  const std::string theirs = half + ".mid_block.attentions.0", ours = half + ".mid.attn_1";
  add(pairs, theirs + ".group_norm", ours + ".norm");
  add(pairs, theirs + ".to_q", ours + ".q");
  add(pairs, theirs + ".to_k", ours + ".k");
  add(pairs, theirs + ".to_v", ours + ".v");
  add(pairs, theirs + ".to_out.0", ours + ".proj_out");
  add(pairs, half + ".conv_norm_out", half + ".norm_out");
  add(pairs, half + ".conv_out", half + ".conv_out");
}

/// Residual blocks are listed with a shortcut each; the checkpoint tells which there are.
Pairs autoencoder_names() {
  Pairs pairs;
  add_autoencoder_half(pairs, "encoder");
  add_autoencoder_half(pairs, "decoder");
  for (int level = 0; level < 4; ++level) {
    const std::string number = std::to_string(level), from_above = std::to_string(3 - level);
    for (const char* block : {"0", "1", "2"}) {
      add_autoencoder_residual(pairs, "encoder.down_blocks." + number + ".resnets." + block,
                               "encoder.down." + number + ".block." + block);
      add_autoencoder_residual(pairs, "decoder.up_blocks." + from_above + ".resnets." + block,
                               "decoder.up." + number + ".block." + block);
    }
    add(pairs, "encoder.down_blocks." + number + ".downsamplers.0.conv", "encoder.down." + number + ".downsample.conv");
    add(pairs, "decoder.up_blocks." + from_above + ".upsamplers.0.conv", "decoder.up." + number + ".upsample.conv");
  }
  add(pairs, "quant_conv", "quant_conv");
  add(pairs, "post_quant_conv", "post_quant_conv");
  return pairs;
}

bool is_matrix_there(const std::string& name) {
  return name.find("mid_block.attentions.0.to_") != std::string::npos && name.ends_with(".weight");
}

}  // namespace

std::map<std::string, Pairs> diffusers_names_of_sd1() {
  std::map<std::string, Pairs> networks;
  for (auto& [theirs, ours] : unet_names()) networks["unet"].emplace_back(theirs, "model.diffusion_model." + ours);
  for (auto& [theirs, ours] : autoencoder_names()) networks["vae"].emplace_back(theirs, "first_stage_model." + ours);
  return networks;
}

void write_diffusers_folder(const std::filesystem::path& checkpoint, const std::filesystem::path& folder,
                            const std::string& ending) {
  const io::TensorFile file = io::TensorFile::open(checkpoint);
  const auto write = [&](const char* network, const char* stem, const std::map<std::string, at::Tensor>& tensors) {
    std::filesystem::create_directories(folder / network);
    io::write_safetensors(folder / network / (stem + ending), tensors);
  };
  for (const auto& [network, pairs] : diffusers_names_of_sd1()) {
    std::map<std::string, at::Tensor> tensors;
    for (const auto& [theirs, ours] : pairs) {
      if (!file.tensors().contains(ours)) continue;
      const at::Tensor tensor = file.tensor(ours);
      tensors.emplace(theirs, is_matrix_there(theirs) ? tensor.flatten(1) : tensor);
    }
    write(network.c_str(), "diffusion_pytorch_model", tensors);
  }
  const std::string text = "cond_stage_model.transformer.";
  std::map<std::string, at::Tensor> tensors;
  for (const auto& [name, record] : file.tensors()) {
    if (name.starts_with(text)) tensors.emplace(name.substr(text.size()), file.tensor(name));
  }
  write("text_encoder", "model", tensors);
  std::ofstream(folder / "model_index.json") << R"({"_class_name": "StableDiffusionPipeline"})";
}

}  // namespace fude::tests
