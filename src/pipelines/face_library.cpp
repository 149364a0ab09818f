#include "pipelines/face_library.h"

#include <algorithm>
#include <array>
#include <utility>

#include "core/ascii.h"
#include "core/error.h"
#include "models/face_restoration/load_face_models.h"
#include "weights/state_dict.h"

namespace fude::pipelines {
namespace {

namespace fs = std::filesystem;

constexpr std::array<std::string_view, 4> kFolders{"Codeformer", "GFPGAN", "facerestore_models", "facedetection"};

/// A network, the file it is published in, where that belongs and whose it is.
struct PublishedFile {
  std::string_view family, file, folder, project;
};
constexpr PublishedFile kCodeFormer{"CodeFormer", "codeformer-v0.1.0.pth", "Codeformer",
                                    "github.com/sczhou/CodeFormer"};
constexpr PublishedFile kGfpgan{"GFPGAN", "GFPGANv1.4.pth", "GFPGAN", "github.com/TencentARC/GFPGAN"};
constexpr PublishedFile kDetector{kFaceDetectorFamily, "detection_Resnet50_Final.pth", "GFPGAN",
                                  "github.com/xinntao/facexlib"};

const PublishedFile& published(std::string_view name) {
  for (const PublishedFile* file : {&kCodeFormer, &kGfpgan}) {
    if (ascii_lower(file->family) == ascii_lower(name)) return *file;
  }
  fail(ErrorCode::kInvalidArgument, "the face restorer is '{}', expected CodeFormer or GFPGAN", printable(name, 60));
}

// Empty for files that cannot be read: they say so when they are asked for by name elsewhere.
std::string_view family_of(const fs::path& path) {
  try {
    return models::face_model_family(weights::index_of(io::TensorFile::open(path)));
  } catch (const Error&) {
    return {};
  }
}

std::string place_of(const PublishedFile& file) { return "models/" + std::string(file.folder); }

void require_files(const PublishedFile& wanted, const fs::path& restorer, const fs::path& detector) {
  if (restorer.empty() && detector.empty()) {
    fail(ErrorCode::kNotFound, "{} needs the file '{}' of {} in '{}', and '{}' of {} in '{}'", wanted.family,
         wanted.file, wanted.project, place_of(wanted), kDetector.file, kDetector.project, place_of(kDetector));
  }
  if (!restorer.empty() && !detector.empty()) return;
  const PublishedFile& missing = restorer.empty() ? wanted : kDetector;
  fail(ErrorCode::kNotFound, "{} needs the file '{}' of {} in '{}'", wanted.family, missing.file, missing.project,
       place_of(missing));
}

}  // namespace

std::vector<fs::path> FaceLibrary::files() const {
  std::vector<fs::path> files;
  for (const std::string_view folder : kFolders) {
    for (fs::path& path : models_.files_in(folder))
      if (fs::is_regular_file(path) && !models_.name_of(path).empty()) files.push_back(std::move(path));
  }
  std::ranges::stable_sort(files, std::less<>(),
                           [](const fs::path& path) { return ascii_lower(path.stem().string()); });
  return files;
}

std::vector<fs::path> FaceLibrary::files_of(std::string_view family) const {
  std::vector<fs::path> own = files();
  std::erase_if(own, [&](const fs::path& path) { return family_of(path) != family; });
  return own;
}

std::string_view FaceLibrary::folder_of(std::string_view family) {
  return family == kCodeFormer.family ? kCodeFormer.folder : kGfpgan.folder;
}

FaceLibrary::Found FaceLibrary::find(std::string_view name) const {
  const std::string_view wanted = published(name).family;
  Found found;
  for (fs::path& path : files()) {
    const std::string_view family = family_of(path);
    if (family == wanted)
      found.restorer = std::move(path);
    else if (family == kDetector.family)
      found.detector = std::move(path);
    else if (family == kFaceParserFamily)
      found.parser = std::move(path);
  }
  return found;
}

std::vector<ListedFaceRestorer> FaceLibrary::list() const {
  std::vector<ListedFaceRestorer> restorers;
  for (const PublishedFile* file : {&kCodeFormer, &kGfpgan}) {
    const Found found = find(file->family);
    ListedFaceRestorer listed{
        .name = std::string(file->family), .path = found.restorer, .folder = place_of(*file), .problem = {}};
    try {
      require_files(*file, found.restorer, found.detector);
    } catch (const Error& error) {
      listed.problem = error.what();
    }
    restorers.push_back(std::move(listed));
  }
  return restorers;
}

void FaceLibrary::require(std::string_view name) const {
  const Found found = find(name);
  require_files(published(name), found.restorer, found.detector);
}

FaceModels FaceLibrary::load(std::string_view name, const EngineOptions& engine) const {
  const Found found = find(name);
  require_files(published(name), found.restorer, found.detector);
  FaceModels faces{.detector = models::load_face_detector(io::TensorFile::open(found.detector), engine.device),
                   .parser = nullptr,
                   .restorer = models::load_face_restorer(io::TensorFile::open(found.restorer), engine.device)};
  if (!found.parser.empty()) faces.parser = models::load_face_parser(io::TensorFile::open(found.parser), engine.device);
  return faces;
}

}  // namespace fude::pipelines
