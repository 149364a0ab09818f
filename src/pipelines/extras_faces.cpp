#include "pipelines/extras_faces.h"

#include <fmt/format.h>

namespace fude::pipelines {
namespace {

void note(std::string& text, std::string_view key, double value) {
  text += fmt::format("{}{}: {}", text.empty() ? "" : ", ", key, value);
}

}  // namespace

ExtrasFaces load_extras_faces(const ModelLibrary& library, const UpscaleRequest& request, const EngineOptions& engine) {
  const FaceLibrary faces(library);
  const auto loaded = [&](const char* name, double visibility) {
    return visibility > 0 ? std::make_shared<const FaceModels>(faces.load(name, engine)) : nullptr;
  };
  return {.gfpgan = loaded("GFPGAN", request.gfpgan_visibility),
          .codeformer = loaded("CodeFormer", request.codeformer_visibility)};
}

UpscaledPicture with_restored_faces(UpscaledPicture made, const UpscaleRequest& request, const ExtrasFaces& faces,
                                    const FaceListener& on_face) {
  if (faces.gfpgan) {
    made.image = restore_faces(*faces.gfpgan, made.image, {.visibility = request.gfpgan_visibility}, on_face);
    note(made.text, "GFPGAN visibility", request.gfpgan_visibility);
  }
  if (faces.codeformer) {
    const FaceWish wish{.fidelity = request.codeformer_weight, .visibility = request.codeformer_visibility};
    made.image = restore_faces(*faces.codeformer, made.image, wish, on_face);
    note(made.text, "CodeFormer visibility", request.codeformer_visibility);
    note(made.text, "CodeFormer weight", request.codeformer_weight);
  }
  return made;
}

}  // namespace fude::pipelines
