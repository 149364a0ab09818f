#pragma once

#include <memory>

#include "pipelines/face_restoration.h"
#include "pipelines/upscale_picture.h"

namespace fude::pipelines {

/// What restores the faces of enlarged pictures; null: not asked for.
struct ExtrasFaces {
  std::shared_ptr<const FaceModels> gfpgan, codeformer;
};

/// Those that the request asks for. Throws Error as FaceLibrary::load().
ExtrasFaces load_extras_faces(const ModelLibrary& library, const UpscaleRequest& request, const EngineOptions& engine);

/// The picture after GFPGAN, then CodeFormer, each as visible as the request says, and what was done in its text.
UpscaledPicture with_restored_faces(UpscaledPicture made, const UpscaleRequest& request, const ExtrasFaces& faces,
                                    const FaceListener& on_face = {});

}  // namespace fude::pipelines
