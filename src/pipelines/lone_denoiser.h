#pragma once

#include <string>

#include "pipelines/model_library.h"

namespace fude::pipelines {

/// The checkpoint itself, or, where its file is a U-Net alone, that U-Net with the text encoders and the autoencoder of
/// another checkpoint: the one called `companion`, or, when that is empty, the first of the library that fits (the
/// embedded model before all). Throws Error: kUnsupportedModel where none fits; kNotFound for an unknown name.
NamedFile with_text_and_autoencoder(const ModelLibrary& library, NamedFile checkpoint, const std::string& companion);

}  // namespace fude::pipelines
