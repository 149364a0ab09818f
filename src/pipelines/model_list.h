#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "pipelines/listed_model.h"
#include "pipelines/model_library.h"

namespace fude::pipelines {

/// Where something lies that may be a model, and what it would be used as.
struct ModelFile {
  ModelUse use = ModelUse::kCheckpoint;
  std::filesystem::path path;  // empty: the embedded default model
};

/// All of them, by use, then by path; the embedded model first. No file is opened.
std::vector<ModelFile> model_files(const ModelLibrary& library);

/// Reads the header of one of them. Absent for what does not even look like a model: a picture without vectors among
/// the textual inversions.
std::optional<ListedModel> list_model(const ModelFile& file);

/// Everything there is, by use, then by path; the embedded model first. Reads the files' headers only. A file that
/// cannot be read, or is something else, is listed with what is wrong.
std::vector<ListedModel> list_models(const ModelLibrary& library);

}  // namespace fude::pipelines
