#include <gtest/gtest.h>

#include "pipelines/face_restoration.h"
#include "tests/pipelines/golden_runs.h"
#include "tests/support/faces_folder.h"
#include "tests/support/refusal.h"

namespace fude::pipelines {
namespace {

GenerationRequest restoring() {
  GenerationRequest request;
  request.model = tests::tiny_model("micro-sd1").string();
  request.prompt = "a cat";
  request.width = 64;
  request.height = 64;
  request.steps = 2;
  request.sampler = "Euler";
  request.seed = 1;
  request.subseed = 1;
  request.restore_faces = true;
  return request;
}

TEST(FaceRun, EndsBeforeAnythingIsLoadedWhereFilesAreMissing) {
  const std::string message =
      tests::refusal(ErrorCode::kNotFound, [] { load_picture_model(ModelLibrary("/nowhere"), restoring(), {}); });
  EXPECT_NE(message.find("codeformer-v0.1.0.pth"), std::string::npos) << message;
}

TEST(FaceRun, EndsBeforeItsFirstStepWhereAModelWasLoadedWithout) {
  PictureModel model = load("micro-sd1");
  int steps = 0;
  const TextToImageEvents events{.on_step = [&](int, int) { ++steps; }, .on_picture = {}};
  tests::refusal(ErrorCode::kNotFound, [&] { text_to_image(model, restoring(), events); });
  EXPECT_EQ(steps, 0);
}

TEST(FaceRun, SaysWhatRestoredAndKeepsThePictureBefore) {
  const tests::FacesFolder folder;
  GenerationRequest request = restoring();
  request.face_restoration_model = "GFPGAN";
  request.save_images_before_face_restoration = true;
  PictureModel model = load_picture_model(ModelLibrary(folder.models()), request, {});
  const Outcome outcome = run(model, request);
  ASSERT_EQ(outcome.pictures.size(), 1U);
  const FinishedPicture& picture = outcome.pictures[0];
  EXPECT_NE(picture.infotext.find("Face restoration: GFPGAN"), std::string::npos) << picture.infotext;
  ASSERT_EQ(picture.copies.size(), 1U);
  EXPECT_EQ(picture.copies[0].suffix, "-before-face-restoration");
  EXPECT_EQ(picture.image.pixels, restore_faces(*model.faces->find("GFPGAN"), picture.copies[0].image, {}).pixels);
}

TEST(FaceRun, NoneRestoresNothing) {
  GenerationRequest request = restoring();
  request.face_restoration_model = "None";
  PictureModel model = load_picture_model(ModelLibrary("/nowhere"), request, {});
  const Outcome outcome = run(model, request);
  EXPECT_EQ(outcome.pictures[0].infotext.find("Face restoration"), std::string::npos);
}

}  // namespace
}  // namespace fude::pipelines
