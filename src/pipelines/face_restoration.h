#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "io/images/image.h"
#include "pipelines/face_library.h"
#include "pipelines/infotext_writer.h"

namespace fude::pipelines {

struct FaceWish {
  double fidelity = 0.5;  // 0..1, CodeFormer alone: 0 restores most, 1 keeps closest to the picture
  double visibility = 1;  // 0..1 of the restored picture in the result
};

/// Before each face is restored: how many are done of how many; at the end once more. May throw Error(kCancelled).
using FaceListener = std::function<void(int done, int total)>;

/// Faces in a picture of 3 channels, the best first, in its own pixels. It is looked at with its shorter side brought
/// to 640 pixels and the longer one to at most 2560. Faces whose eyes are less than 5 pixels apart are left out.
std::vector<models::DetectedFace> find_faces(const models::RetinaFace& detector, const io::Image& picture);

/// The picture with its faces made anew, one after the other. One without faces comes back bit for bit as it was;
/// else greys become colours and transparency is kept.
io::Image restore_faces(const FaceModels& models, const io::Image& picture, const FaceWish& wish,
                        const FaceListener& on_face = {});

/// What restores the faces of a model's pictures. What was used last stays loaded.
class FaceShelf {
 public:
  FaceShelf(ModelLibrary models, const EngineOptions& engine);

  /// Throws Error as FaceLibrary::load().
  std::shared_ptr<const FaceModels> find(const std::string& name);

  /// The files behind a name, each by its part and the first 10 digits of its SHA-256.
  std::vector<UsedNetwork> used(const std::string& name) const;

 private:
  ModelLibrary models_;
  FaceLibrary library_;
  EngineOptions engine_;
  std::string name_;
  std::shared_ptr<const FaceModels> loaded_;
};

}  // namespace fude::pipelines
