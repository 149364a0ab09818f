#pragma once

#include <string>
#include <string_view>

#include "pipelines/model_library.h"

namespace fude::pipelines {

/// The part that the other checkpoint plays in a picture's text (kHashesKey).
inline constexpr std::string_view kTextEncoderPart = "text encoder";

/// A checkpoint with all that it takes to make pictures.
struct CompleteCheckpoint {
  NamedFile checkpoint;
  io::FileHash companion = {};  // of the file that text encoders and autoencoder come from; empty: its own
};

/// The checkpoint itself, or, where its file is a U-Net alone, that U-Net with the text encoders and the autoencoder of
/// another checkpoint: the one called `companion`, or, when that is empty, the first of the library that fits (the
/// embedded model before all). Throws Error: kUnsupportedModel where none fits; kNotFound for an unknown name.
CompleteCheckpoint with_text_and_autoencoder(const ModelLibrary& library, NamedFile checkpoint,
                                             const std::string& companion);

}  // namespace fude::pipelines
