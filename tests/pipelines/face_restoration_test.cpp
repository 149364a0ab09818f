#include "pipelines/face_restoration.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "models/face_restoration/load_face_models.h"
#include "pipelines/extras_faces.h"
#include "tests/support/faces_folder.h"
#include "tests/support/refusal.h"

namespace fude::pipelines {
namespace {

// Black with a red square of 50 pixels around (x, y): a face to the detector of FacesFolder.
io::Image with_red_spot(int width, int height, int x, int y, int channels = 3) {
  io::Image image{.width = width, .height = height, .channels = channels, .pixels = {}};
  const auto count = static_cast<std::size_t>(channels);
  image.pixels.assign(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * count, 0);
  for (int row = y - 25; row < y + 25; ++row) {
    for (int column = x - 25; column < x + 25; ++column)
      image.pixels[count * (static_cast<std::size_t>(row) * static_cast<std::size_t>(width) +
                            static_cast<std::size_t>(column))] = 255;
  }
  return image;
}

io::Image plain(int width, int height) {
  io::Image image{.width = width, .height = height, .channels = 3, .pixels = {}};
  image.pixels.assign(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 3, 77);
  return image;
}

class RestoreFaces : public testing::Test {
 protected:
  FaceModels models(const char* name = "CodeFormer") const {
    return FaceLibrary(ModelLibrary(folder_.models())).load(name, {});
  }

  tests::FacesFolder folder_;
};

TEST_F(RestoreFaces, FindsAFaceInThePicturesOwnPixels) {
  const auto faces = find_faces(*models().detector, with_red_spot(1280, 1280, 640, 400));
  ASSERT_EQ(faces.size(), 1U);
  EXPECT_NEAR((faces[0].left + faces[0].right) / 2, 640, 64);
  EXPECT_NEAR((faces[0].top + faces[0].bottom) / 2, 400, 64);
  EXPECT_NEAR(faces[0].right - faces[0].left, 512, 1);
}

TEST_F(RestoreFaces, ChangesTheFaceAndNothingElse) {
  const io::Image picture = with_red_spot(1000, 640, 300, 320);
  const FaceModels networks = models();
  const io::Image restored = restore_faces(networks, picture, {});
  ASSERT_EQ(restored.pixels.size(), picture.pixels.size());
  EXPECT_NE(restored.pixels, picture.pixels);
  for (int y = 0; y < 640; ++y) {
    for (int x = 700; x < 1000; ++x) {
      const std::size_t at = 3 * (static_cast<std::size_t>(y) * 1000 + static_cast<std::size_t>(x));
      ASSERT_EQ(restored.pixels[at], picture.pixels[at]);
    }
  }
  EXPECT_EQ(restore_faces(networks, picture, {}).pixels, restored.pixels);  // the same each time
}

TEST_F(RestoreFaces, LeavesPicturesWithoutFacesBitForBit) {
  const FaceModels networks = models();
  for (const auto& [width, height] : {std::pair{1, 1}, {3000, 1}, {1, 3000}, {200, 100}}) {
    const io::Image picture = plain(width, height);
    EXPECT_EQ(restore_faces(networks, picture, {}).pixels, picture.pixels) << width;
  }
}

TEST_F(RestoreFaces, LeavesOutFacesWithTheEyesTogether) {
  // The detector sees 256 of 640 pixels, of whose tenth the eyes are 2.46 apart: 5 pixels in a picture of 50.
  io::Image small = plain(48, 48);
  for (int y = 20; y < 27; ++y) {
    for (int x = 20; x < 27; ++x) small.pixels[3 * static_cast<std::size_t>(y * 48 + x)] = 255;
  }
  EXPECT_TRUE(find_faces(*models().detector, small).empty());
}

TEST_F(RestoreFaces, BlendsByVisibility) {
  const io::Image picture = with_red_spot(640, 640, 300, 320);
  const FaceModels networks = models("GFPGAN");
  const io::Image whole = restore_faces(networks, picture, {});
  const io::Image half = restore_faces(networks, picture, {.visibility = 0.5});
  for (std::size_t i = 0; i < picture.pixels.size(); ++i)
    ASSERT_NEAR(half.pixels[i], (picture.pixels[i] + whole.pixels[i]) / 2.0, 0.5);
  EXPECT_EQ(restore_faces(networks, picture, {.visibility = 0}).pixels, picture.pixels);
}

TEST_F(RestoreFaces, KeepsTransparency) {
  io::Image picture = with_red_spot(640, 640, 300, 320, 4);
  for (std::size_t i = 3; i < picture.pixels.size(); i += 4) picture.pixels[i] = static_cast<std::uint8_t>(i % 251);
  const io::Image restored = restore_faces(models(), picture, {});
  ASSERT_EQ(restored.channels, 4);
  EXPECT_NE(restored.pixels, picture.pixels);
  for (std::size_t i = 3; i < picture.pixels.size(); i += 4) ASSERT_EQ(restored.pixels[i], picture.pixels[i]);
}

TEST_F(RestoreFaces, StopsBetweenFaces) {
  const FaceListener stop = [](int, int) { fail(ErrorCode::kCancelled, "stopped"); };
  const io::Image picture = with_red_spot(640, 640, 300, 320);
  tests::refusal(ErrorCode::kCancelled, [&] { restore_faces(models(), picture, {}, stop); });
}

TEST_F(RestoreFaces, MasksWhatTheParserTakesForGround) {
  FaceModels networks = models();
  const tests::TemporaryFolder other;
  io::write_safetensors(other.path() / "GFPGAN.safetensors", tests::one_class_parser(0).tensors());
  networks.parser = models::load_face_parser(io::TensorFile::open(other.path() / "GFPGAN.safetensors"), at::kCPU);
  const io::Image picture = with_red_spot(640, 640, 300, 320);
  EXPECT_EQ(restore_faces(networks, picture, {}).pixels, picture.pixels);
}

TEST_F(RestoreFaces, ShelfKeepsWhatWasUsedLast) {
  FaceShelf shelf(ModelLibrary(folder_.models()), {});
  const auto first = shelf.find("CodeFormer");
  EXPECT_EQ(shelf.find("CodeFormer"), first);
  EXPECT_EQ(shelf.find("GFPGAN")->restorer->family(), "GFPGAN");
}

TEST_F(RestoreFaces, ExtrasRunGfpganBeforeCodeFormer) {
  const io::Image picture = with_red_spot(640, 640, 300, 320);
  UpscaleRequest request;
  request.gfpgan_visibility = 1;
  request.codeformer_visibility = 0.5;
  const ExtrasFaces faces = load_extras_faces(ModelLibrary(folder_.models()), request, {});
  const UpscaledPicture made =
      with_restored_faces({.image = picture, .text = "Postprocess upscale by: 2"}, request, faces);
  EXPECT_EQ(made.text,
            "Postprocess upscale by: 2, GFPGAN visibility: 1, CodeFormer visibility: 0.5, CodeFormer weight: 0");
  const io::Image first = restore_faces(models("GFPGAN"), picture, {});
  EXPECT_EQ(made.image.pixels, restore_faces(models(), first, {.fidelity = 0, .visibility = 0.5}).pixels);
}

TEST_F(RestoreFaces, ExtrasLoadOnlyWhatIsAskedFor) {
  const ExtrasFaces none = load_extras_faces(ModelLibrary("/nowhere"), {}, {});
  EXPECT_FALSE(none.gfpgan || none.codeformer);
  UpscaleRequest request;
  request.codeformer_visibility = 0.1;
  tests::refusal(ErrorCode::kNotFound, [&] { load_extras_faces(ModelLibrary("/nowhere"), request, {}); });
}

}  // namespace
}  // namespace fude::pipelines
