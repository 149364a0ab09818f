#include "models/face_restoration/retina_face.h"

#include <gtest/gtest.h>

#include <cmath>

#include "models/face_restoration/load_face_models.h"
#include "tests/support/face_models.h"
#include "tests/support/golden.h"
#include "tests/support/refusal.h"
#include "weights/state_dict.h"

namespace fude::models {
namespace {

using tests::MadeUpFile;

at::Tensor normed(const MadeUpFile& file, const std::string& conv, const std::string& norm, const at::Tensor& x,
                  int64_t stride = 1) {
  const at::Tensor& weight = file[conv + ".weight"];
  return tests::batch_norm(file, norm, at::conv2d(x, weight, {}, stride, weight.size(2) / 2));
}

at::Tensor step(const MadeUpFile& file, const std::string& name, const at::Tensor& x) {
  return normed(file, name + ".0", name + ".1", x);
}

at::Tensor bottleneck(const MadeUpFile& file, const std::string& name, const at::Tensor& x, int64_t stride) {
  at::Tensor h = at::relu(normed(file, name + ".conv1", name + ".bn1", x));
  h = at::relu(normed(file, name + ".conv2", name + ".bn2", h, stride));
  const bool has_shortcut = file.tensors().contains(name + ".downsample.0.weight");
  return at::relu(normed(file, name + ".conv3", name + ".bn3", h) +
                  (has_shortcut ? normed(file, name + ".downsample.0", name + ".downsample.1", x, stride) : x));
}

at::Tensor context(const MadeUpFile& file, const std::string& name, const at::Tensor& x) {
  const at::Tensor h = tests::leaky(step(file, name + ".conv5X5_1", x), 0.1);
  const at::Tensor far = step(file, name + ".conv7x7_3", tests::leaky(step(file, name + ".conv7X7_2", h), 0.1));
  return at::relu(at::cat({step(file, name + ".conv3X3", x), step(file, name + ".conv5X5_2", h), far}, 1));
}

at::Tensor spread_over(const at::Tensor& coarse, const at::Tensor& fine) {
  at::Tensor out = at::zeros_like(fine);
  for (int64_t y = 0; y < fine.size(2); ++y) {
    for (int64_t x = 0; x < fine.size(3); ++x)
      out.select(2, y).select(2, x).copy_(
          coarse.select(2, y * coarse.size(2) / fine.size(2)).select(2, x * coarse.size(3) / fine.size(3)));
  }
  return out;
}

// The features that the heads read.
std::vector<at::Tensor> features(const MadeUpFile& file, const at::Tensor& picture) {
  const at::Tensor bgr =
      at::cat({picture.narrow(1, 2, 1) - 104, picture.narrow(1, 1, 1) - 117, picture.narrow(1, 0, 1) - 123}, 1);
  at::Tensor h = at::relu(normed(file, "body.conv1", "body.bn1", bgr, 2));
  h = at::max_pool2d(h, 3, 2, 1);
  h = bottleneck(file, "body.layer1.0", h, 1);
  std::vector<at::Tensor> maps;
  h = bottleneck(file, "body.layer2.1", bottleneck(file, "body.layer2.0", h, 2), 1);
  maps.push_back(h);
  maps.push_back(h = bottleneck(file, "body.layer3.0", h, 2));
  maps.push_back(h = bottleneck(file, "body.layer4.0", h, 2));
  for (std::size_t i = 0; i < 3; ++i)
    maps[i] = tests::leaky(step(file, "fpn.output" + std::to_string(i + 1), maps[i]), 0.1);
  maps[1] = tests::leaky(step(file, "fpn.merge2", maps[1] + spread_over(maps[2], maps[1])), 0.1);
  maps[0] = tests::leaky(step(file, "fpn.merge1", maps[0] + spread_over(maps[1], maps[0])), 0.1);
  for (std::size_t i = 0; i < 3; ++i) maps[i] = context(file, "ssh" + std::to_string(i + 1), maps[i]);
  return maps;
}

std::vector<DetectedFace> by_definition(const MadeUpFile& file, const at::Tensor& picture, float threshold) {
  const std::vector<at::Tensor> maps = features(file, picture);
  std::vector<DetectedFace> faces;
  for (int i = 0; i < 3; ++i) {
    const at::Tensor& h = maps[static_cast<std::size_t>(i)];
    FaceMap map = face_map_grid(i);
    map.rows = static_cast<int>(h.size(2));
    map.columns = static_cast<int>(h.size(3));
    std::vector<std::vector<float>> kept;
    for (const char* head : {"BboxHead.", "ClassHead.", "LandmarkHead."}) {
      const at::Tensor out =
          tests::conv(file, head + std::to_string(i) + ".conv1x1", h).permute({0, 2, 3, 1}).contiguous();
      kept.emplace_back(out.data_ptr<float>(), out.data_ptr<float>() + out.numel());
    }
    map.offsets = kept[0];
    map.scores = kept[1];
    map.landmarks = kept[2];
    for (const DetectedFace& face : faces_in(map, threshold)) faces.push_back(face);
  }
  return without_overlaps(faces, 0.4F);
}

TEST(RetinaFace, ComputesWhatItsPapersSay) {
  const MadeUpFile file = tests::tiny_retina_face();
  const at::Tensor picture = 115 + 10 * tests::made_up_picture(75, 99);  // sides that leave cells at the edges
  const std::vector<DetectedFace> faces = load_face_detector(file.open(), at::kCPU)->detect(picture, 0.5F);
  const std::vector<DetectedFace> expected = by_definition(file, picture, 0.5F);
  ASSERT_FALSE(expected.empty());
  ASSERT_EQ(faces.size(), expected.size());
  for (std::size_t i = 0; i < faces.size(); ++i) {
    EXPECT_NEAR(faces[i].score, expected[i].score, 1e-4);
    const auto near = [](float value) { return 1e-3 * (1 + std::abs(value)); };
    EXPECT_NEAR(faces[i].left, expected[i].left, near(expected[i].left));
    EXPECT_NEAR(faces[i].bottom, expected[i].bottom, near(expected[i].bottom));
    EXPECT_NEAR(faces[i].landmarks[3].x, expected[i].landmarks[3].x, near(expected[i].landmarks[3].x));
  }
}

TEST(RetinaFace, FindsWhatItsWeightsLookFor) {
  const auto detector = load_face_detector(tests::red_spot_detector().open(), at::kCPU);
  at::Tensor picture = at::zeros({1, 3, 320, 320});
  EXPECT_TRUE(detector->detect(picture, 0.97F).empty());
  picture[0][0].narrow(0, 180, 25).narrow(1, 84, 25).fill_(255);  // red around (96, 192)
  const std::vector<DetectedFace> faces = detector->detect(picture, 0.97F);
  ASSERT_EQ(faces.size(), 1U);
  EXPECT_NEAR((faces[0].left + faces[0].right) / 2, 96, 32);
  EXPECT_NEAR((faces[0].top + faces[0].bottom) / 2, 192, 32);
  EXPECT_NEAR(faces[0].right - faces[0].left, 256, 0.1);
}

TEST(RetinaFace, TakesOnePixel) {
  const auto detector = load_face_detector(tests::tiny_retina_face().open(), at::kCPU);
  EXPECT_NO_THROW(detector->detect(at::zeros({1, 3, 1, 1}), 0.97F));
}

TEST(RetinaFace, ReadsNamesOfParallelTraining) {
  MadeUpFile published;
  const MadeUpFile file = tests::tiny_retina_face();
  for (const auto& [name, tensor] : file.tensors()) published.put("module." + name, tensor);
  const at::Tensor picture = tests::made_up_picture(64, 64) * 255;
  EXPECT_EQ(load_face_detector(published.open(), at::kCPU)->detect(picture, 0.5F).size(),
            load_face_detector(file.open(), at::kCPU)->detect(picture, 0.5F).size());
}

}  // namespace
}  // namespace fude::models
