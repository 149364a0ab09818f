#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "models/face_restoration/face_restorer.h"
#include "models/face_restoration/parse_net.h"
#include "models/face_restoration/retina_face.h"
#include "pipelines/engine_options.h"
#include "pipelines/model_library.h"

namespace fude::pipelines {

/// Where the networks that restore faces lie, as pages list them.
struct ListedFaceRestorer {
  std::string name;              // "CodeFormer", "GFPGAN"
  std::filesystem::path path;    // empty: no such file is there
  std::filesystem::path folder;  // where it is looked for
  std::string problem;           // why it cannot be used: which files are missing; else empty
};

/// What restores faces, ready.
struct FaceModels {
  std::shared_ptr<const models::RetinaFace> detector;
  std::shared_ptr<const models::ParseNet> parser;  // null: faces are pasted back by their outlines' square
  std::shared_ptr<const models::FaceRestorer> restorer;
};

/// The parts of those networks in a picture's text (kHashesKey).
inline constexpr std::string_view kFaceRestorerPart = "face restorer";
inline constexpr std::string_view kFaceDetectorPart = "face detector";
inline constexpr std::string_view kFaceParserPart = "face parser";

/// The families of the detector and of the parser; a restorer's is its name.
inline constexpr std::string_view kFaceDetectorFamily = "RetinaFace";
inline constexpr std::string_view kFaceParserFamily = "ParseNet";

/// The networks in the models folder, below Codeformer, GFPGAN, facerestore_models and facedetection. Which one a file
/// is, its tensors tell; of several the last by name is taken, of those that go by a name at all
/// (ModelLibrary::renamed()).
class FaceLibrary {
 public:
  explicit FaceLibrary(ModelLibrary models) : models_(std::move(models)) {}

  /// Both restorers, whether their files are there or not. Reads the files' headers only.
  std::vector<ListedFaceRestorer> list() const;

  /// `name`: "CodeFormer" or "GFPGAN", without regard to case. Throws Error: kNotFound, which says what files are
  /// missing, into which folder they go and who publishes them; kInvalidArgument for another name; and what
  /// models::load_face_restorer throws.
  FaceModels load(std::string_view name, const EngineOptions& engine) const;

  /// Throws as load() where files are missing, without reading weights.
  void require(std::string_view name) const;

  /// The files that load() takes.
  struct Found {
    std::filesystem::path restorer, detector, parser;  // empty: none
  };
  Found find(std::string_view name) const;

  /// All files of a network, by models::face_model_family(), and where it belongs ("Codeformer").
  std::vector<std::filesystem::path> files_of(std::string_view family) const;
  static std::string_view folder_of(std::string_view family);

 private:
  std::vector<std::filesystem::path> files() const;

  ModelLibrary models_;
};

}  // namespace fude::pipelines
