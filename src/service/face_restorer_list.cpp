#include "service/face_restorer_list.h"

#include "pipelines/face_library.h"

namespace fude::service {

std::vector<FaceRestorerRow> list_face_restorers(const pipelines::ModelLibrary& library) {
  std::vector<FaceRestorerRow> rows;
  for (const pipelines::ListedFaceRestorer& restorer : pipelines::FaceLibrary(library).list())
    rows.push_back({.name = restorer.name, .folder = restorer.folder.generic_string(), .problem = restorer.problem});
  return rows;
}

}  // namespace fude::service
