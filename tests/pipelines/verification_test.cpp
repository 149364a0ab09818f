#include "pipelines/verification.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "io/images/picture_decoder.h"
#include "io/images/picture_encoder.h"
#include "io/safetensors_writer.h"
#include "ops/cpu/lesser_kernels.h"
#include "ops/threads.h"
#include "pipelines/picture_file.h"
#include "tests/pipelines/golden_runs.h"
#include "tests/support/face_models.h"
#include "tests/support/models_folder.h"
#include "tests/support/refusal.h"
#include "tests/support/tiny_model.h"
#include "tests/support/tiny_upscalers.h"

namespace fude::pipelines {
namespace {

namespace fs = std::filesystem;

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

PictureBytes as_file(const std::vector<std::byte>& bytes) { return picture_bytes(bytes); }

PictureBytes as_file(const FinishedPicture& picture) { return as_file(encode_picture(picture)); }

PictureBytes gradient(int side) {
  io::Image image{.width = side, .height = side, .channels = 3, .pixels = {}};
  for (int i = 0; i < side * side * 3; ++i) image.pixels.push_back(static_cast<std::uint8_t>(i / 7));
  return as_file(io::encode_png(image));
}

class Verifying : public ::testing::Test {
 protected:
  Verifying() {
    folder_.add(tests::tiny_model("micro-sd1"), "Stable-diffusion/cats.safetensors");
    request_.prompt = "a cat";
    request_.model = "cats";
    request_.seed = 7;
    request_.subseed = 0;
    request_.steps = 3;
    request_.sampler = "Euler a";
    request_.width = request_.height = 64;
  }

  ModelLibrary library() const { return ModelLibrary(folder_.models()); }

  std::vector<FinishedPicture> make(const EngineOptions& engine = {}) const {
    GenerationRequest request = request_;
    normalise(request);
    resolve_seeds(request);
    PictureModel model = load_picture_model(library(), request, engine);
    return run(model, request).pictures;
  }

  Verification verify(VerificationOrder order) const {
    std::optional<PictureModel> model;
    return verify_picture(library(), order,
                          {.take_model = [&](const ModelLibrary& own, const GenerationRequest& request,
                                             const EngineOptions& engine) -> PictureModel& {
                            return model.emplace(load_picture_model(own, request, engine));
                          }});
  }

  Verification verify(const FinishedPicture& picture) const { return verify({.file = as_file(picture)}); }

  static std::vector<std::string> parts(const Verification& verification) {
    std::vector<std::string> names;
    for (const MissingPart& part : verification.missing) names.push_back(part.part);
    return names;
  }

  void write_lora(const std::string& place, double amount) const {
    fs::create_directories((folder_.models() / place).parent_path());
    io::write_safetensors(folder_.models() / place, {{"lora_unet_conv_in.diff", at::full({32, 4, 3, 3}, amount)}});
  }

  tests::ModelsFolder folder_;
  GenerationRequest request_;
};

TEST_F(Verifying, IsExactWhateverTheThreads) {
  ops::use_threads(1);
  const auto pictures = make();
  ops::use_threads(3);
  const Verification verification = verify(pictures[0]);
  EXPECT_EQ(verification.verdict, Verdict::kExact);
  EXPECT_EQ(verification.model, "cats");
  EXPECT_THAT(verification.notes, IsEmpty());
  EXPECT_EQ(verification.recorded, verification.used);
}

TEST_F(Verifying, IsExactForEveryPictureOfABatch) {
  request_.batch_size = 2;
  request_.batch_count = 2;
  request_.subseed_strength = 0.25;
  for (const FinishedPicture& picture : make()) EXPECT_EQ(verify(picture).verdict, Verdict::kExact);
}

TEST_F(Verifying, IsExactAfterAnotherPictureByTheSameModel) {
  const auto pictures = make();
  PictureModel model = load_picture_model(library(), request_, {});
  GenerationRequest other = request_;
  other.prompt = "a (dog:1.3) on a hill";
  other.sampler = "DPM++ SDE";
  run(model, other);
  const Verification verification =
      verify_picture(library(), {.file = as_file(pictures[0])},
                     {.take_model = [&](const auto&, const auto&, const auto&) -> PictureModel& { return model; }});
  EXPECT_EQ(verification.verdict, Verdict::kExact);
}

TEST_F(Verifying, SaysWhichPixelsDiffer) {
  auto pictures = make();
  std::uint8_t& level = pictures[0].image.pixels[(10 * 64 + 20) * 3 + 1];
  level = static_cast<std::uint8_t>(level > 100 ? level - 5 : level + 5);
  const Verification verification = verify(pictures[0]);
  EXPECT_EQ(verification.verdict, Verdict::kDifferent);
  EXPECT_EQ(verification.difference.most, 5);
  EXPECT_DOUBLE_EQ(verification.difference.share, 1.0 / (64 * 64));
  EXPECT_EQ(verification.difference.left, 20);
  EXPECT_EQ(verification.difference.top, 10);
  EXPECT_EQ(verification.difference.width, 1);
  EXPECT_EQ(verify({.file = as_file(pictures[0]), .within = 4}).verdict, Verdict::kDifferent);
  EXPECT_EQ(verify({.file = as_file(pictures[0]), .within = 5}).verdict, Verdict::kWithin);
}

TEST_F(Verifying, FindsTheModelByItsHashUnderAnyName) {
  const auto pictures = make();
  fs::create_directories(folder_.models() / "Stable-diffusion/deep");
  fs::rename(folder_.models() / "Stable-diffusion/cats.safetensors",
             folder_.models() / "Stable-diffusion/deep/dogs.safetensors");
  folder_.add(tests::tiny_model("tiny-sd1"), "Stable-diffusion/cats.safetensors");  // another one by that name
  const Verification verification = verify(pictures[0]);
  EXPECT_EQ(verification.verdict, Verdict::kExact);
  EXPECT_EQ(verification.model, "dogs");
}

TEST_F(Verifying, NamesAModelThatIsMissing) {
  const auto pictures = make();
  fs::remove(folder_.models() / "Stable-diffusion/cats.safetensors");
  std::ofstream(folder_.models() / "Stable-diffusion/broken.safetensors") << "no model";
  const Verification verification = verify(pictures[0]);
  EXPECT_EQ(verification.verdict, Verdict::kMissing);
  ASSERT_EQ(parts(verification), std::vector<std::string>{"model"});
  EXPECT_EQ(verification.missing[0].name, "cats");
  EXPECT_EQ(verification.missing[0].hash.size(), 10u);
  EXPECT_THAT(verification.missing[0].message, HasSubstr("no file in models/Stable-diffusion has this hash"));
  const std::string path = tests::tiny_model("micro-sd1").string();
  EXPECT_EQ(verify({.file = as_file(pictures[0]), .model = path}).verdict, Verdict::kExact);
}

TEST_F(Verifying, TellsAnotherModelFromTheRecordedOne) {
  const auto pictures = make();
  const Verification verification =
      verify({.file = as_file(pictures[0]), .model = tests::tiny_model("tiny-sd1").string()});
  EXPECT_EQ(verification.verdict, Verdict::kDifferent);
  EXPECT_THAT(verification.notes, Contains(HasSubstr("the model given has the hash")));
}

TEST_F(Verifying, FindsAdaptersByTheirHashUnderAnyName) {
  write_lora("Lora/ink.safetensors", 0.01);
  request_.prompt = "a cat <lora:ink:0.5>";
  const auto pictures = make();
  fs::rename(folder_.models() / "Lora/ink.safetensors", folder_.models() / "Lora/renamed.safetensors");
  write_lora("Lora/ink.safetensors", 0.5);  // another one by that name
  EXPECT_EQ(verify(pictures[0]).verdict, Verdict::kExact);
  fs::remove(folder_.models() / "Lora/renamed.safetensors");
  const Verification verification = verify(pictures[0]);
  EXPECT_EQ(verification.verdict, Verdict::kMissing);
  EXPECT_EQ(parts(verification), std::vector<std::string>{"lora"});
  EXPECT_EQ(verification.missing[0].hash.size(), 12u);
}

TEST_F(Verifying, FindsEmbeddingsByTheirHashUnderAnyName) {
  const auto width = load_picture_model(library(), request_, {}).networks.text_encoders[0].config.network.width;
  fs::create_directories(folder_.models() / "embeddings");
  io::write_safetensors(folder_.models() / "embeddings/soft.safetensors", {{"emb_params", at::ones({2, width})}});
  request_.prompt = "a cat, soft";
  const auto pictures = make();
  ASSERT_THAT(pictures[0].infotext, HasSubstr("TI hashes"));
  fs::rename(folder_.models() / "embeddings/soft.safetensors", folder_.models() / "embeddings/x.safetensors");
  EXPECT_EQ(verify(pictures[0]).verdict, Verdict::kExact);
  fs::remove(folder_.models() / "embeddings/x.safetensors");
  EXPECT_EQ(parts(verify(pictures[0])), std::vector<std::string>{"embedding"});
}

TEST_F(Verifying, FindsWhatHiresFixWasMadeWith) {
  fs::create_directories(folder_.models() / "ESRGAN");
  io::write_safetensors(folder_.models() / "ESRGAN/2x-Tiny.safetensors", tests::tiny_compact(2).tensors());
  request_.enable_hr = true;
  request_.hr_upscaler = "2x-Tiny";
  request_.hr_scale = 1.5;
  request_.denoising_strength = 0.6;
  const auto pictures = make();
  ASSERT_THAT(pictures[0].infotext, HasSubstr("Fude hashes: \"hires upscaler: "));
  fs::rename(folder_.models() / "ESRGAN/2x-Tiny.safetensors", folder_.models() / "ESRGAN/other.safetensors");
  EXPECT_EQ(verify(pictures[0]).verdict, Verdict::kExact);
  fs::remove(folder_.models() / "ESRGAN/other.safetensors");
  EXPECT_EQ(parts(verify(pictures[0])), std::vector<std::string>{"hires upscaler"});
}

TEST_F(Verifying, FindsWhatRestoredFaces) {
  const auto write = [&](const tests::MadeUpFile& file, const std::string& place) {
    fs::create_directories((folder_.models() / place).parent_path());
    io::write_safetensors(folder_.models() / place, file.tensors());
  };
  write(tests::red_spot_detector(), "GFPGAN/detector.safetensors");
  write(tests::tiny_gfpgan(), "GFPGAN/a.safetensors");
  request_.restore_faces = true;
  request_.face_restoration_model = "GFPGAN";
  const auto pictures = make();
  EXPECT_THAT(pictures[0].infotext, HasSubstr("face restorer: "));
  EXPECT_THAT(pictures[0].infotext, HasSubstr("face detector: "));
  std::map<std::string, at::Tensor> tensors = tests::tiny_gfpgan().tensors();
  tensors.begin()->second = tensors.begin()->second + 1;
  io::write_safetensors(folder_.models() / "GFPGAN/other.safetensors", tensors);  // the last by name would be taken
  write(tests::one_class_parser(1), "GFPGAN/parser.safetensors");                 // there was none
  EXPECT_EQ(verify(pictures[0]).verdict, Verdict::kExact);
  fs::remove(folder_.models() / "GFPGAN/a.safetensors");
  const Verification verification = verify(pictures[0]);
  EXPECT_THAT(parts(verification), ElementsAre("face restorer"));
  EXPECT_THAT(verification.missing.at(0).message, HasSubstr("no file in models/GFPGAN has this hash"));
}

TEST_F(Verifying, FindsTheTextEncoderOfALoneUNet) {
  const auto whole = io::TensorFile::open(tests::tiny_model("micro-sd1"));
  std::map<std::string, at::Tensor> unet;
  for (const auto& [name, record] : whole.tensors()) {
    if (name.starts_with("model.diffusion_model.")) unet[name] = whole.tensor(name);
  }
  io::write_safetensors(folder_.models() / "Stable-diffusion/unet.safetensors", unet);
  request_.model = "unet";
  const auto pictures = make();
  EXPECT_THAT(pictures[0].infotext, HasSubstr("text encoder: "));
  fs::rename(folder_.models() / "Stable-diffusion/cats.safetensors",
             folder_.models() / "Stable-diffusion/renamed.safetensors");
  EXPECT_EQ(verify(pictures[0]).verdict, Verdict::kExact);
  fs::remove(folder_.models() / "Stable-diffusion/renamed.safetensors");
  EXPECT_THAT(parts(verify(pictures[0])), ElementsAre("text encoder"));
}

TEST_F(Verifying, GoesPieceByPieceWhereThePictureDid) {
  normalise(request_);
  PictureModel model = load_picture_model(library(), request_, {});
  model.memory.autoencoder_in_pieces = true;  // as a card with little memory asks for
  const FinishedPicture picture = run(model, request_).pictures.at(0);
  EXPECT_THAT(picture.infotext, HasSubstr("vae_tiling=on"));
  const Verification verification = verify(picture);
  EXPECT_EQ(verification.verdict, Verdict::kExact);
  EXPECT_THAT(verification.notes, IsEmpty());
  EXPECT_THAT(make()[0].infotext, Not(HasSubstr("vae_tiling")));
}

TEST_F(Verifying, TakesTheKernelsThatThePictureRecords) {
  for (const auto set : {ops::cpu::InstructionSet::kPortable, ops::cpu::InstructionSet::kAvx2}) {
    if (set >= ops::cpu::instruction_set()) continue;
    std::vector<FinishedPicture> pictures;
    {
      const ops::cpu::LesserKernels lesser(set);
      pictures = make();
    }
    const Verification verification = verify(pictures[0]);
    EXPECT_EQ(verification.used->kernels, name_of(set));
    EXPECT_EQ(verification.verdict, Verdict::kExact);
    EXPECT_THAT(verification.notes, IsEmpty());
  }
}

TEST_F(Verifying, NeedsThePictureThatItWasMadeFrom) {
  request_.sources.init_images = {gradient(96)};
  request_.sources.mask = gradient(96);
  request_.resize_mode = 1;
  request_.mask_blur = 0;
  request_.denoising_strength = 0.7;
  const auto pictures = make();
  const PictureBytes file = as_file(pictures[0]);
  const Verification without = verify({.file = file});
  EXPECT_EQ(without.verdict, Verdict::kMissing);
  EXPECT_EQ(parts(without), (std::vector<std::string>{"init image", "mask"}));
  EXPECT_EQ(without.missing[0].hash.size(), 12u);
  const Verification with = verify({.file = file, .init = gradient(96), .mask = gradient(96)});
  EXPECT_EQ(with.verdict, Verdict::kExact);
  EXPECT_THAT(with.notes, IsEmpty());
  io::Image other = io::decode_picture(std::as_bytes(std::span(*gradient(96))));
  other.pixels[0] ^= 1;
  const Verification another = verify({.file = file, .init = as_file(io::encode_png(other)), .mask = gradient(96)});
  EXPECT_THAT(another.notes, Contains(HasSubstr("the init image given has the hash")));
}

TEST_F(Verifying, MakesAnUnfinishedPictureUpToItsStep) {
  PictureModel model = load_picture_model(library(), request_, {});
  std::vector<FinishedPicture> pictures;
  int steps = 0;
  text_to_image(model, request_,
                {.on_step = [&](int done, int) { steps = done; },
                 .continuation = [&] { return steps == 2 ? Continuation::kEndJob : Continuation::kGoOn; },
                 .on_picture = [&](FinishedPicture picture, const StageSeconds&) { pictures.push_back(picture); }});
  ASSERT_THAT(pictures.at(0).infotext, HasSubstr("Unfinished: 2/3"));
  EXPECT_EQ(verify(pictures[0]).verdict, Verdict::kExact);
}

TEST_F(Verifying, ComputesInThePrecisionThatThePictureRecords) {
  for (const at::ScalarType type : {at::kFloat, at::kBFloat16}) {
    const auto pictures = make({.type = type});
    const Verification verification = verify(pictures[0]);
    EXPECT_EQ(verification.verdict, Verdict::kExact);
    EXPECT_EQ(verification.used->precision, type == at::kFloat ? "fp32" : "bf16");
  }
}

TEST_F(Verifying, SaysWhenThisMachineComputesOtherwise) {
  auto pictures = make();
  std::string& text = pictures[0].infotext;
  const std::size_t engine = text.find("Fude engine: ");
  text = text.substr(0, engine) + "Fude engine: cuda fp16";
  const Verification verification = verify(pictures[0]);
  EXPECT_NE(verification.used, verification.recorded);
  EXPECT_THAT(verification.notes, Contains(HasSubstr("it was computed in 'cuda fp16', here it is 'cpu ")));
}

TEST_F(Verifying, ComparesLossyFilesByLevels) {
  const auto pictures = make();
  const PictureBytes file =
      as_file(encode_picture_as(pictures[0], {.encoding = {.format = io::PictureFormat::kJpeg, .quality = 95}}).bytes);
  const Verification verification = verify({.file = file, .within = 255});
  EXPECT_EQ(verification.verdict, Verdict::kWithin);
  EXPECT_LT(verification.difference.most, 128);
  EXPECT_THAT(verification.notes, Contains(HasSubstr("its file format changes pixels")));
}

TEST_F(Verifying, SeesThatAPictureWasEnlargedAfterwards) {
  auto pictures = make();
  pictures[0].image = io::decode_picture(std::as_bytes(std::span(*gradient(96))));
  const Verification verification = verify(pictures[0]);
  EXPECT_EQ(verification.verdict, Verdict::kDifferent);
  EXPECT_TRUE(verification.model.empty()) << "a model was loaded for nothing";
  EXPECT_THAT(verification.notes, Contains(HasSubstr("the picture is 96x96, its text tells of 64x64")));
}

TEST_F(Verifying, TriesPicturesOfOtherPrograms) {
  auto pictures = make();
  std::string& text = pictures[0].infotext;
  text = text.substr(0, text.find(", Version: ")) + ", Version: v1.10.1";
  const Verification verification = verify(pictures[0]);
  EXPECT_NE(verification.verdict, Verdict::kMissing);
  EXPECT_THAT(verification.notes, Contains(HasSubstr("another program made it (v1.10.1)")));
  EXPECT_THAT(verification.notes, Contains(HasSubstr("it does not say what it was computed on and in")));
}

TEST_F(Verifying, CannotMakeWhatIsNotRecorded) {
  auto pictures = make();
  pictures[0].infotext = "a cat\nSteps: 3, Sampler: Euler a, CFG scale: 7, Size: 64x64";
  EXPECT_EQ(parts(verify(pictures[0])), std::vector<std::string>{"parameters"});
  pictures[0].infotext = "a cat\nSteps: 3, Sampler: Euler a, CFG scale: 7, Seed: 7, Size: 64x64";
  EXPECT_EQ(parts(verify(pictures[0])), std::vector<std::string>{"model"});
  pictures[0].infotext = "a cat\nSteps: 3, Sampler: Unheard of, CFG scale: 7, Seed: 7, Model: cats, Size: 64x64";
  const Verification strange = verify(pictures[0]);
  ASSERT_EQ(parts(strange), std::vector<std::string>{"parameters"});
  EXPECT_THAT(strange.missing[0].message, HasSubstr("Unheard of"));
}

TEST_F(Verifying, RefusesWhatSaysNothingOfItsMaking) {
  EXPECT_THAT(tests::refusal(ErrorCode::kCorruptFile, [&] { verify({.file = gradient(64), .name = "a.png"}); }),
              HasSubstr("'a.png' says nothing of its making"));
  EXPECT_THAT(tests::refusal(ErrorCode::kCorruptFile, [&] { verify({.file = picture_bytes("text")}); }),
              HasSubstr("is no PNG, JPEG or WebP picture"));
  const std::string whole = *as_file(make()[0]);
  tests::refusal(ErrorCode::kCorruptFile, [&] { verify({.file = picture_bytes(whole.substr(0, whole.size() / 2))}); });
}

}  // namespace
}  // namespace fude::pipelines
