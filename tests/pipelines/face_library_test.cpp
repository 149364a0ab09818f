#include "pipelines/face_library.h"

#include <gtest/gtest.h>

#include <fstream>

#include "tests/support/faces_folder.h"
#include "tests/support/refusal.h"

namespace fude::pipelines {
namespace {

TEST(FaceLibrary, SaysWhichFilesGoWhere) {
  const FaceLibrary library{ModelLibrary("/nowhere")};
  const std::string message = tests::refusal(ErrorCode::kNotFound, [&] { library.require("CodeFormer"); });
  for (const char* part : {"codeformer-v0.1.0.pth", "models/Codeformer", "github.com/sczhou/CodeFormer",
                           "detection_Resnet50_Final.pth", "models/GFPGAN", "github.com/xinntao/facexlib"})
    EXPECT_NE(message.find(part), std::string::npos) << message;
  EXPECT_NE(tests::refusal(ErrorCode::kNotFound, [&] { library.load("gfpgan", {}); }).find("GFPGANv1.4.pth"),
            std::string::npos);
}

TEST(FaceLibrary, NamesOnlyWhatIsMissing) {
  const tests::FacesFolder folder;
  std::filesystem::remove(folder.models() / "GFPGAN" / "detector.safetensors");
  const FaceLibrary library{ModelLibrary(folder.models())};
  const std::string message = tests::refusal(ErrorCode::kNotFound, [&] { library.require("CodeFormer"); });
  EXPECT_EQ(message.find("codeformer-v0.1.0.pth"), std::string::npos) << message;
  EXPECT_NE(message.find("detection_Resnet50_Final.pth"), std::string::npos);
}

TEST(FaceLibrary, FindsFilesByTheirTensorsInAnyOfTheFolders) {
  const tests::FacesFolder folder;
  const FaceLibrary library{ModelLibrary(folder.models())};
  const auto listed = library.list();
  ASSERT_EQ(listed.size(), 2U);
  EXPECT_EQ(listed[0].name, "CodeFormer");
  EXPECT_EQ(listed[0].path.filename(), "any name.safetensors");
  EXPECT_EQ(listed[0].problem, "");
  EXPECT_EQ(listed[1].name, "GFPGAN");
  EXPECT_EQ(listed[1].path.filename(), "b.safetensors");
  const FaceModels models = library.load("codeformer", {});
  EXPECT_EQ(models.restorer->family(), "CodeFormer");
  EXPECT_TRUE(models.parser);
}

TEST(FaceLibrary, DoesWithoutAParser) {
  const tests::FacesFolder folder;
  std::filesystem::remove(folder.models() / "GFPGAN" / "parser.safetensors");
  EXPECT_FALSE(FaceLibrary(ModelLibrary(folder.models())).load("GFPGAN", {}).parser);
}

TEST(FaceLibrary, PassesDamagedFilesOver) {
  const tests::FacesFolder folder;
  std::ofstream(folder.models() / "Codeformer" / "broken.pth") << "nothing";
  EXPECT_NO_THROW(FaceLibrary(ModelLibrary(folder.models())).require("CodeFormer"));
}

TEST(FaceLibrary, RefusesOtherNames) {
  EXPECT_NE(tests::refusal(ErrorCode::kInvalidArgument,
                           [] { FaceLibrary(ModelLibrary("/nowhere")).require("RestoreFormer"); })
                .find("expected CodeFormer or GFPGAN"),
            std::string::npos);
}

}  // namespace
}  // namespace fude::pipelines
