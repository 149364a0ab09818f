#include "models/face_restoration/load_face_models.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "core/error.h"
#include "models/detect.h"
#include "models/face_restoration/code_former.h"
#include "models/face_restoration/face_model_layout.h"
#include "models/face_restoration/gfpgan.h"
#include "weights/state_dict.h"

namespace fude::models {
namespace {

// What files hold beside the weights that are needed: counters, the mapping network of a GFPGAN, whose styles the U-Net
// gives, and outputs that training alone looks at.
constexpr std::array<std::string_view, 4> kUnneeded{"stylegan_decoder.style_mlp.", "toRGB.", "out_img_conv.",
                                                    "body.fc."};

bool is_unneeded(std::string_view name) {
  return name.ends_with(".num_batches_tracked") ||
         std::ranges::any_of(kUnneeded, [&](std::string_view begin) { return name.starts_with(begin); });
}

[[noreturn]] void refuse(const io::TensorFile& file, std::string_view expected) {
  const weights::TensorIndex index = weights::index_of(file);
  const Detection found = detect(index);
  const std::string_view family = face_model_family(index);
  const std::string what = !family.empty()                    ? "a " + std::string(family)
                           : found.kind == FileKind::kUnknown ? "a file of a kind that is not known"
                                                              : family_with_article(found);
  fail(ErrorCode::kUnsupportedModel, "'{}' is {}, expected {}", printable(file.name()), what, expected);
}

void require_all_taken(const weights::StateDict& weights) {
  std::vector<std::string> left = weights.unclaimed("");
  std::erase_if(left, is_unneeded);
  if (left.empty()) return;
  fail(ErrorCode::kUnsupportedModel, "'{}': tensor '{}'{} has no place in the network, which is a variant not known",
       printable(weights.file().name()), printable(left.front()),
       left.size() == 1 ? "" : fmt::format(" and {} others", left.size() - 1));
}

template <typename Build>
auto built(const io::TensorFile& file, const FaceModelLayout& layout, at::Device device, const Build& build) {
  const io::TensorFile plain = with_canonical_names(file, layout);
  const weights::TensorIndex index = weights::index_of(plain);
  weights::require_sound_shapes(index);
  weights::StateDict weights(plain, at::kFloat, device);
  auto network = build(weights.root(), index);
  require_all_taken(weights);
  return network;
}

FaceModelLayout required_layout(const io::TensorFile& file, FaceModelFamily family, std::string_view expected) {
  const auto layout = face_model_layout(weights::index_of(file));
  if (!layout || layout->family != family) refuse(file, expected);
  return *layout;
}

using weights::TensorIndex;
using weights::WeightView;

}  // namespace

std::string_view face_model_family(const weights::TensorIndex& index) {
  const auto layout = face_model_layout(index);
  return layout ? name_of(layout->family) : std::string_view();
}

std::unique_ptr<FaceRestorer> load_face_restorer(const io::TensorFile& file, at::Device device) {
  const auto layout = face_model_layout(weights::index_of(file));
  if (layout && layout->family == FaceModelFamily::kCodeFormer) {
    return built(file, *layout, device, [](const WeightView& w, const TensorIndex& index) {
      return std::unique_ptr<FaceRestorer>(std::make_unique<CodeFormer>(w, index, infer_code_former_config(index)));
    });
  }
  if (!layout || layout->family != FaceModelFamily::kGfpgan)
    refuse(file, "a network that restores faces: CodeFormer or GFPGAN (versions 1.2 to 1.4)");
  return built(file, *layout, device, [](const WeightView& w, const TensorIndex& index) {
    return std::unique_ptr<FaceRestorer>(std::make_unique<Gfpgan>(w, infer_gfpgan_config(index)));
  });
}

std::unique_ptr<RetinaFace> load_face_detector(const io::TensorFile& file, at::Device device) {
  const FaceModelLayout layout =
      required_layout(file, FaceModelFamily::kRetinaFace, "a network that finds faces: RetinaFace on a ResNet");
  return built(file, layout, device, [](const WeightView& w, const TensorIndex& index) {
    return std::make_unique<RetinaFace>(w, infer_retina_face_config(index));
  });
}

std::unique_ptr<ParseNet> load_face_parser(const io::TensorFile& file, at::Device device) {
  const FaceModelLayout layout =
      required_layout(file, FaceModelFamily::kParseNet, "a network that tells a face's parts: ParseNet");
  return built(file, layout, device, [](const WeightView& w, const TensorIndex& index) {
    return std::make_unique<ParseNet>(w, infer_parse_net_config(index));
  });
}

}  // namespace fude::models
