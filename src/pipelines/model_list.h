#pragma once

#include <vector>

#include "pipelines/listed_model.h"
#include "pipelines/model_library.h"

namespace fude::pipelines {

/// Everything there is, by use, then by path; the embedded model first. Reads the files' headers only. A file that
/// cannot be read, or is something else, is listed with what is wrong.
std::vector<ListedModel> list_models(const ModelLibrary& library);

}  // namespace fude::pipelines
