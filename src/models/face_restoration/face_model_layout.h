#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "io/tensor_file.h"
#include "weights/tensor_index.h"

namespace fude::models {

enum class FaceModelFamily { kCodeFormer, kGfpgan, kRetinaFace, kParseNet };

/// "CodeFormer", "GFPGAN", "RetinaFace", "ParseNet".
std::string_view name_of(FaceModelFamily family);

/// A file's tensors by the names that the modules here are built from: without what trainers put before them.
struct FaceModelLayout {
  FaceModelFamily family = FaceModelFamily::kCodeFormer;
  std::string prefix;
};

/// Which network the names are of, by names alone; absent when of none.
std::optional<FaceModelLayout> face_model_layout(const weights::TensorIndex& index);

/// The name without the prefix, CodeFormer's short cuts called as an autoencoder's ("nin_shortcut"); absent for what
/// lies beside the weights.
std::optional<std::string> canonical_name(const FaceModelLayout& layout, const std::string& name);

/// The file with canonical names.
io::TensorFile with_canonical_names(const io::TensorFile& file, const FaceModelLayout& layout);

}  // namespace fude::models
