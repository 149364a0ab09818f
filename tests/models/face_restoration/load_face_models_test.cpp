#include "models/face_restoration/load_face_models.h"

#include <gtest/gtest.h>

#include "models/detect.h"
#include "tests/support/face_models.h"
#include "tests/support/refusal.h"
#include "tests/support/tiny_model.h"
#include "tests/support/tiny_upscalers.h"
#include "weights/state_dict.h"

namespace fude::models {
namespace {

using tests::MadeUpFile;

TEST(FaceModelFamily, TellsNetworksByTheirTensors) {
  const auto family = [](const MadeUpFile& file) { return face_model_family(weights::index_of(file.open())); };
  EXPECT_EQ(family(tests::tiny_code_former()), "CodeFormer");
  EXPECT_EQ(family(tests::tiny_gfpgan()), "GFPGAN");
  EXPECT_EQ(family(tests::tiny_retina_face()), "RetinaFace");
  EXPECT_EQ(family(tests::tiny_parse_net()), "ParseNet");
  EXPECT_EQ(family(tests::tiny_esrgan()), "");
}

TEST(FaceModelFamily, IsWhatAFileIsSaidToBe) {
  const auto family = [](const MadeUpFile& file) { return detect(weights::index_of(file.open())).family; };
  EXPECT_EQ(family(tests::tiny_code_former()), "CodeFormer face restorer");
  EXPECT_EQ(family(tests::tiny_gfpgan()), "GFPGAN face restorer");
  EXPECT_EQ(family(tests::tiny_retina_face()), "RetinaFace face detector");
  EXPECT_EQ(family(tests::tiny_parse_net()), "ParseNet face parser");
}

TEST(LoadFaceModels, RefusesOtherModelsByWhatTheyAre) {
  const std::string message = tests::refusal(ErrorCode::kUnsupportedModel,
                                             [] { load_face_restorer(tests::tiny_parse_net().open(), at::kCPU); });
  EXPECT_NE(message.find("is a ParseNet, expected a network that restores faces"), std::string::npos) << message;
  const io::TensorFile checkpoint = io::TensorFile::open(tests::tiny_model("micro-sd1"));
  EXPECT_NE(tests::refusal(ErrorCode::kUnsupportedModel, [&] { load_face_detector(checkpoint, at::kCPU); })
                .find("checkpoint"),
            std::string::npos);
  EXPECT_NE(
      tests::refusal(ErrorCode::kUnsupportedModel, [] { load_face_parser(tests::tiny_esrgan().open(), at::kCPU); })
          .find("is an ESRGAN upscaler, expected"),
      std::string::npos);
  EXPECT_NE(tests::refusal(ErrorCode::kUnsupportedModel,
                           [] { load_face_parser(MadeUpFile().add("numbers", {4}).open(), at::kCPU); })
                .find("a kind that is not known"),
            std::string::npos);
}

TEST(LoadFaceModels, RefusesDamagedFiles) {
  MadeUpFile empty = tests::tiny_gfpgan();
  empty.put("final_conv.weight", at::zeros({4, 0, 3, 3}));
  tests::refusal(ErrorCode::kCorruptFile, [&] { load_face_restorer(empty.open(), at::kCPU); });
  MadeUpFile hole;
  const MadeUpFile whole = tests::tiny_retina_face();
  for (const auto& [name, tensor] : whole.tensors())
    if (name != "ssh2.conv7x7_3.1.running_var") hole.put(name, tensor);
  EXPECT_NE(tests::refusal(ErrorCode::kCorruptFile, [&] { load_face_detector(hole.open(), at::kCPU); })
                .find("ssh2.conv7x7_3.1.running_var"),
            std::string::npos);
}

}  // namespace
}  // namespace fude::models
