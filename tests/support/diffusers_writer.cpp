#include "tests/support/diffusers_writer.h"

#include <fmt/format.h>

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

// What follows lists more than any one model has, such as a shortcut in every block: the checkpoint tells which there
// are.

void add_unet_residual(Pairs& pairs, const std::string& theirs, const std::string& ours) {
  add(pairs, theirs + ".norm1", ours + ".in_layers.0");
  add(pairs, theirs + ".conv1", ours + ".in_layers.2");
  add(pairs, theirs + ".time_emb_proj", ours + ".emb_layers.1");
  add(pairs, theirs + ".norm2", ours + ".out_layers.0");
  add(pairs, theirs + ".conv2", ours + ".out_layers.3");
  add(pairs, theirs + ".conv_shortcut", ours + ".skip_connection");
}

void add_transformer(Pairs& pairs, const std::string& theirs, const std::string& ours) {
  constexpr int kDeepest = 10;
  for (const char* layer : {".norm", ".proj_in", ".proj_out"}) add(pairs, theirs + layer, ours + layer);
  for (int depth = 0; depth < kDeepest; ++depth) {
    const std::string block = ".transformer_blocks." + std::to_string(depth);
    for (const char* layer :
         {".norm1", ".norm2", ".norm3", ".attn1.to_out.0", ".attn2.to_out.0", ".ff.net.0.proj", ".ff.net.2"}) {
      add(pairs, theirs + block + layer, ours + block + layer);
    }
    for (const char* matrix :
         {".attn1.to_q", ".attn1.to_k", ".attn1.to_v", ".attn2.to_q", ".attn2.to_k", ".attn2.to_v"}) {
      pairs.emplace_back(theirs + block + matrix + ".weight", ours + block + matrix + ".weight");
    }
  }
}

/// `levels`: 4 in Stable Diffusion 1 and 2 and SDXL's refiner, 3 in SDXL; each has two residual blocks.
Pairs unet_names(int levels) {
  Pairs pairs;
  add(pairs, "conv_in", "input_blocks.0.0");
  add(pairs, "time_embedding.linear_1", "time_embed.0");
  add(pairs, "time_embedding.linear_2", "time_embed.2");
  add(pairs, "add_embedding.linear_1", "label_emb.0.0");
  add(pairs, "add_embedding.linear_2", "label_emb.0.2");
  for (int level = 0; level < levels; ++level) {
    const std::string block = "down_blocks." + std::to_string(level);
    for (int layer = 0; layer < 2; ++layer) {
      const std::string theirs = std::to_string(layer), ours = "input_blocks." + std::to_string(3 * level + 1 + layer);
      add_unet_residual(pairs, block + ".resnets." + theirs, ours + ".0");
      add_transformer(pairs, block + ".attentions." + theirs, ours + ".1");
    }
    add(pairs, block + ".downsamplers.0.conv", "input_blocks." + std::to_string(3 * level + 3) + ".0.op");
  }
  add_unet_residual(pairs, "mid_block.resnets.0", "middle_block.0");
  add_transformer(pairs, "mid_block.attentions.0", "middle_block.1");
  add_unet_residual(pairs, "mid_block.resnets.1", "middle_block.2");
  for (int layer = 0; layer < 3 * levels; ++layer) {  // each takes in what its twin on the way down gave out
    const std::string block = "up_blocks." + std::to_string(layer / 3);
    const std::string theirs = std::to_string(layer % 3), ours = "output_blocks." + std::to_string(layer);
    add_unet_residual(pairs, block + ".resnets." + theirs, ours + ".0");
    add_transformer(pairs, block + ".attentions." + theirs, ours + ".1");
    for (const char* place : {".1", ".2"}) add(pairs, block + ".upsamplers.0.conv", ours + place + ".conv");
  }
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

using Tensors = std::map<std::string, at::Tensor>;

/// A text encoder as OpenCLIP keeps it, below `prefix`, under Hugging Face's names.
Tensors from_open_clip(const io::TensorFile& file, const std::string& prefix) {
  Tensors tensors;
  const auto take = [&](const std::string& theirs, const std::string& ours) {
    if (file.tensors().contains(prefix + ours)) tensors.emplace(theirs, file.tensor(prefix + ours));
  };
  take("text_model.embeddings.token_embedding.weight", "token_embedding.weight");
  take("text_model.embeddings.position_embedding.weight", "positional_embedding");
  for (const char* kind : {".weight", ".bias"}) {
    take(std::string("text_model.final_layer_norm") + kind, std::string("ln_final") + kind);
  }
  for (int layer = 0; file.tensors().contains(fmt::format("{}transformer.resblocks.{}.ln_1.bias", prefix, layer));
       ++layer) {
    const std::string theirs = fmt::format("text_model.encoder.layers.{}.", layer);
    const std::string ours = fmt::format("transformer.resblocks.{}.", layer);
    for (const std::string kind : {"weight", "bias"}) {
      take(theirs + "layer_norm1." + kind, ours + "ln_1." + kind);
      take(theirs + "layer_norm2." + kind, ours + "ln_2." + kind);
      take(theirs + "self_attn.out_proj." + kind, ours + "attn.out_proj." + kind);
      take(theirs + "mlp.fc1." + kind, ours + "mlp.c_fc." + kind);
      take(theirs + "mlp.fc2." + kind, ours + "mlp.c_proj." + kind);
      const std::vector<at::Tensor> parts = file.tensor(prefix + ours + "attn.in_proj_" + kind).chunk(3);
      for (int part = 0; part < 3; ++part) {
        tensors.emplace(fmt::format("{}self_attn.{}_proj.{}", theirs, "qkv"[part], kind), parts[part].clone());
      }
    }
  }
  if (file.tensors().contains(prefix + "text_projection")) {
    tensors.emplace("text_projection.weight", file.tensor(prefix + "text_projection").t().contiguous());
  }
  return tensors;
}

/// As Stable Diffusion 2, which does not read the last layer, is published in this layout.
Tensors without_last_layer(Tensors tensors) {
  const auto mark = [](int layer) { return fmt::format("text_model.encoder.layers.{}.", layer); };
  int last = 0;
  while (tensors.contains(mark(last + 1) + "layer_norm1.bias")) ++last;
  std::erase_if(tensors, [&](const auto& entry) { return entry.first.starts_with(mark(last)); });
  return tensors;
}

/// A text encoder that has Hugging Face's names already, below `prefix`.
Tensors below(const io::TensorFile& file, const std::string& prefix) {
  Tensors tensors;
  for (const auto& [name, record] : file.tensors()) {
    if (name.starts_with(prefix)) tensors.emplace(name.substr(prefix.size()), file.tensor(name));
  }
  return tensors;
}

/// By the folders' names.
std::map<std::string, Tensors> text_encoders(const io::TensorFile& file) {
  std::map<std::string, Tensors> encoders;
  encoders["text_encoder"] = below(file, "cond_stage_model.transformer.");
  encoders["text_encoder"].merge(without_last_layer(from_open_clip(file, "cond_stage_model.model.")));
  encoders["text_encoder"].merge(below(file, "conditioner.embedders.0.transformer."));
  encoders["text_encoder_2"] = from_open_clip(file, "conditioner.embedders.1.model.");
  encoders["text_encoder_2"].merge(from_open_clip(file, "conditioner.embedders.0.model."));
  std::erase_if(encoders, [](const auto& entry) { return entry.second.empty(); });
  return encoders;
}

/// Those that the checkpoint has, under its own names' prefix.
Pairs present(const Pairs& pairs, const std::string& prefix, const io::TensorFile& checkpoint) {
  Pairs found;
  for (const auto& [theirs, ours] : pairs) {
    if (checkpoint.tensors().contains(prefix + ours)) found.emplace_back(theirs, prefix + ours);
  }
  return found;
}

}  // namespace

std::map<std::string, Pairs> diffusers_names(const io::TensorFile& checkpoint) {
  const bool has_fourth = checkpoint.tensors().contains("model.diffusion_model.input_blocks.9.0.op.weight");
  return {{"unet", present(unet_names(has_fourth ? 4 : 3), "model.diffusion_model.", checkpoint)},
          {"vae", present(autoencoder_names(), "first_stage_model.", checkpoint)}};
}

void write_diffusers_folder(const std::filesystem::path& checkpoint, const std::filesystem::path& folder,
                            const std::string& ending) {
  const io::TensorFile file = io::TensorFile::open(checkpoint);
  const auto write = [&](const std::string& network, const char* stem, const Tensors& tensors) {
    std::filesystem::create_directories(folder / network);
    io::write_safetensors(folder / network / (stem + ending), tensors);
  };
  for (const auto& [network, pairs] : diffusers_names(file)) {
    Tensors tensors;
    for (const auto& [theirs, ours] : pairs) {
      const at::Tensor tensor = file.tensor(ours);
      tensors.emplace(theirs, is_matrix_there(theirs) ? tensor.flatten(1) : tensor);
    }
    write(network, "diffusion_pytorch_model", tensors);
  }
  for (const auto& [network, tensors] : text_encoders(file)) write(network, "model", tensors);
  std::ofstream(folder / "model_index.json") << R"({"_class_name": "StableDiffusionPipeline"})";
}

}  // namespace fude::tests
