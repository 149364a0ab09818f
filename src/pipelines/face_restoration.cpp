#include "pipelines/face_restoration.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <span>
#include <utility>

#include "io/images/composite.h"
#include "io/images/resample.h"
#include "pipelines/face_pasting.h"

namespace fude::pipelines {
namespace {

constexpr float kThreshold = 0.97F;
constexpr float kLeastEyeDistance = 5;
constexpr double kShorterSide = 640, kLongestSide = 2560;
constexpr io::Rgb kGround{.red = 132, .green = 133, .blue = 135};  // around a face at the picture's edge

// What ParseNet's classes show of a face: skin, eyes, mouth, hair, ..; not ground, hats, necklaces, necks, clothes.
constexpr std::array<bool, 19> kShowsFace{false, true, true, true, true,  true, true,  true,  true, true,
                                          true,  true, true, true, false, true, false, false, false};

// [1,3,H,W] in [0,255].
at::Tensor bytes_of(const io::Image& rgb) {
  const at::Tensor bytes =
      at::from_blob(const_cast<std::uint8_t*>(rgb.pixels.data()), {1, rgb.height, rgb.width, 3}, at::kByte);
  return bytes.permute({0, 3, 1, 2}).to(at::kFloat);
}

// [1,3,S,S] in [-1,1], and back.
at::Tensor planes_of(const io::Image& rgb) {
  return at::tensor(io::planes_from_image(rgb), at::kFloat).view({1, 3, rgb.height, rgb.width});
}

io::Image image_of(const at::Tensor& face) {
  const at::Tensor planes = face.to(at::kFloat).contiguous(at::MemoryFormat::Contiguous);
  const std::span<const float> numbers(planes.data_ptr<float>(), static_cast<std::size_t>(planes.numel()));
  return io::image_from_planes(numbers, 3, static_cast<int>(face.size(2)), static_cast<int>(face.size(3)));
}

std::optional<io::SoftMask> mask_of(const models::ParseNet* parser, const io::Image& face) {
  if (parser == nullptr || face.width % parser->side_step() != 0) return std::nullopt;
  const at::Tensor classes = parser->parse(planes_of(face)).contiguous();
  std::vector<bool> is_face;
  for (int64_t i = 0; i < classes.numel(); ++i) {
    const auto shown = static_cast<std::size_t>(classes.data_ptr<int64_t>()[i]);
    is_face.push_back(shown < kShowsFace.size() && kShowsFace[shown]);
  }
  return parsed_mask(is_face, face.width);
}

float eye_distance(const models::DetectedFace& face) {
  return std::hypot(face.landmarks[0].x - face.landmarks[1].x, face.landmarks[0].y - face.landmarks[1].y);
}

void divide(models::DetectedFace& face, float x, float y) {
  face.left /= x;
  face.right /= x;
  face.top /= y;
  face.bottom /= y;
  for (models::FacePoint& point : face.landmarks) point = {.x = point.x / x, .y = point.y / y};
}

io::Image with_alpha_of(const io::Image& rgb, const io::Image& original) {
  if (original.channels != 4) return rgb;
  io::Image image = original;
  for (std::size_t i = 0; i < rgb.pixels.size() / 3; ++i) std::copy_n(&rgb.pixels[3 * i], 3, &image.pixels[4 * i]);
  return image;
}

}  // namespace

std::vector<models::DetectedFace> find_faces(const models::RetinaFace& detector, const io::Image& picture) {
  const int shorter = std::min(picture.width, picture.height), longer = std::max(picture.width, picture.height);
  const double factor = std::min(kShorterSide / shorter, kLongestSide / longer);
  const auto scaled = [factor](int side) { return std::max(1, static_cast<int>(side * factor)); };
  const io::Image seen =
      io::resample(picture, scaled(picture.width), scaled(picture.height), io::ResampleFilter::kLanczos);
  std::vector<models::DetectedFace> faces = detector.detect(bytes_of(seen), kThreshold);
  const auto by = static_cast<float>(factor);
  for (models::DetectedFace& face : faces) divide(face, by, by);
  std::erase_if(faces, [](const models::DetectedFace& face) { return eye_distance(face) < kLeastEyeDistance; });
  return faces;
}

io::Image restore_faces(const FaceModels& models, const io::Image& picture, const FaceWish& wish,
                        const FaceListener& on_face) {
  io::Image rgb = io::colours_of(picture);
  const std::vector<models::DetectedFace> faces = find_faces(*models.detector, rgb);
  if (faces.empty() || wish.visibility <= 0) return picture;
  const io::Image before = rgb;
  const int side = static_cast<int>(models.restorer->side()), total = static_cast<int>(faces.size());
  for (int i = 0; i < total; ++i) {
    if (on_face) on_face(i, total);
    const std::optional<io::AffineMap> to_face = upright_map(faces[static_cast<std::size_t>(i)], side);
    if (!to_face) continue;
    // Each face as it was before its neighbours were pasted.
    const io::Image upright = io::warped(before, *to_face->inverse(), side, side, kGround);
    const io::Image restored = image_of(models.restorer->restore(planes_of(upright), wish.fidelity));
    paste_face(rgb, restored, *to_face, mask_of(models.parser.get(), restored));
  }
  if (on_face) on_face(total, total);
  if (wish.visibility < 1) rgb = io::blended(before, rgb, wish.visibility);
  return with_alpha_of(rgb, picture);
}

FaceShelf::FaceShelf(ModelLibrary models, const EngineOptions& engine)
    : models_(std::move(models)), library_(models_), engine_(engine) {}

std::vector<UsedNetwork> FaceShelf::used(const std::string& name) const {
  constexpr std::size_t kDigits = 10;
  const FaceLibrary::Found found = library_.find(name);
  std::vector<UsedNetwork> used;
  for (const auto& [part, path] :
       {std::pair(kFaceRestorerPart, &found.restorer), std::pair(kFaceDetectorPart, &found.detector),
        std::pair(kFaceParserPart, &found.parser)}) {
    if (path->empty()) continue;
    used.push_back({.name = std::string(part), .hash = models_.sha256(*path).substr(0, kDigits)});
  }
  return used;
}

std::shared_ptr<const FaceModels> FaceShelf::find(const std::string& name) {
  if (!loaded_ || name_ != name) {
    loaded_.reset();  // before the next one takes its memory
    loaded_ = std::make_shared<const FaceModels>(library_.load(name, engine_));
    name_ = name;
  }
  return loaded_;
}

}  // namespace fude::pipelines
