#pragma once

#include <string>
#include <vector>

namespace fude::pipelines {
class ModelLibrary;
}

namespace fude::service {

/// What restores faces, as pages list it.
struct FaceRestorerRow {
  std::string name;     // "CodeFormer", "GFPGAN"
  std::string folder;   // where its file is looked for: "models/Codeformer"
  std::string problem;  // which files are missing, and where they come from; else empty
};

/// Both, whether their files are there or not. Reads files' headers.
std::vector<FaceRestorerRow> list_face_restorers(const pipelines::ModelLibrary& library);

}  // namespace fude::service
