#include "models/face_restoration/face_model_layout.h"

#include <algorithm>
#include <array>

#include "models/trainer_prefixes.h"

namespace fude::models {
namespace {

struct Signature {
  FaceModelFamily family;
  std::array<std::string_view, 2> names;
};

constexpr std::array<Signature, 4> kSignatures{
    {{FaceModelFamily::kCodeFormer, {"quantize.embedding.weight", "ft_layers.0.self_attn.in_proj_weight"}},
     {FaceModelFamily::kGfpgan, {"stylegan_decoder.constant_input.weight", "conv_body_first.weight"}},
     {FaceModelFamily::kRetinaFace, {"body.layer1.0.conv1.weight", "fpn.output1.0.weight"}},
     {FaceModelFamily::kParseNet, {"encoder.1.conv1.norm.norm.weight", "out_mask_conv.conv2d.weight"}}}};

bool has_all(const weights::TensorIndex& index, const std::string& prefix, const Signature& signature) {
  return std::ranges::all_of(signature.names,
                             [&](std::string_view name) { return index.contains(prefix + std::string(name)); });
}

}  // namespace

std::string_view name_of(FaceModelFamily family) {
  switch (family) {
    case FaceModelFamily::kCodeFormer: return "CodeFormer";
    case FaceModelFamily::kGfpgan: return "GFPGAN";
    case FaceModelFamily::kRetinaFace: return "RetinaFace";
    case FaceModelFamily::kParseNet: return "ParseNet";
  }
  return "";
}

std::optional<FaceModelLayout> face_model_layout(const weights::TensorIndex& index) {
  const auto under = [&](const std::string& prefix) -> std::optional<FaceModelLayout> {
    for (const Signature& signature : kSignatures)
      if (has_all(index, prefix, signature)) return FaceModelLayout{.family = signature.family, .prefix = prefix};
    return std::nullopt;
  };
  for (const std::string_view prefix : kTrainerPrefixes)
    if (const auto found = under(std::string(prefix))) return found;
  return under("");
}

std::optional<std::string> canonical_name(const FaceModelLayout& layout, const std::string& name) {
  if (!name.starts_with(layout.prefix)) return std::nullopt;
  std::string plain = name.substr(layout.prefix.size());
  if (layout.family != FaceModelFamily::kCodeFormer) return plain;
  constexpr std::string_view kShortcut = ".conv_out.";
  const std::size_t at = plain.find(kShortcut);
  if (at != std::string::npos) plain.replace(at, kShortcut.size(), ".nin_shortcut.");
  return plain;
}

io::TensorFile with_canonical_names(const io::TensorFile& file, const FaceModelLayout& layout) {
  io::Assembly assembly{
      .name = file.name(), .parts = {file}, .tensors = {}, .metadata = file.metadata(), .format = file.format()};
  for (const auto& [name, record] : file.tensors())
    if (const auto plain = canonical_name(layout, name)) assembly.tensors.emplace(*plain, record);
  return io::TensorFile::assemble(std::move(assembly));
}

}  // namespace fude::models
