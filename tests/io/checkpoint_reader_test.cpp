#include "io/checkpoint_reader.h"

#include <gmock/gmock.h>

#include "io/tensor_file.h"
#include "tests/support/checkpoint_writer.h"
#include "tests/support/refusal.h"
#include "tests/support/tiny_model.h"

namespace fude::io {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
namespace pickle = tests::pickle;

std::filesystem::path golden(const std::string& name) { return std::filesystem::path(FUDE_GOLDEN_DIR) / name; }

TensorFile open(std::string file) {
  const auto owner = std::make_shared<const std::string>(std::move(file));
  return TensorFile::from_memory(std::as_bytes(std::span(*owner)), owner, "a.ckpt");
}

std::string refusal(const std::string& file, ErrorCode code = ErrorCode::kCorruptFile) {
  return tests::refusal(code, [&] { open(file); });
}

const std::vector<tests::StoredBytes> kSixFloats{{"0", tests::bytes_of<float>({0, 1, 2, 3, 4, 5}), 6}};

std::string six_floats() { return pickle::storage("FloatStorage", "0", 6); }
std::string matrix() { return pickle::tensor(six_floats(), 0, {2, 3}, {3, 1}); }

/// A healthy checkpoint of one 2x3 tensor "w", in both formats.
std::vector<std::string> both_formats(const std::string& root_value, const std::vector<tests::StoredBytes>& storages) {
  std::string legacy = root_value;
  // The older format's persistent ids have a sixth part, the view.
  for (std::size_t at = legacy.find("tQ"); at != std::string::npos; at = legacy.find("tQ", at + 3)) {
    legacy.replace(at, 2, "NtQ");
  }
  return {tests::zip_checkpoint(root_value, storages), tests::legacy_checkpoint(legacy, storages)};
}

TEST(ReadCheckpoint, ReadsWhatTorchWrote) {
  const TensorFile file = TensorFile::open(golden("models/micro-vae.ckpt"));
  EXPECT_EQ(file.format(), FileFormat::kZipCheckpoint);
  EXPECT_EQ(file.metadata().at("pytorch-lightning_version"), "1.4.2");
  std::size_t count = 0;
  for (const auto& [name, tensor] : tests::generate_tiny_model("micro-sd1")) {
    constexpr std::string_view kPrefix = "first_stage_model.";
    if (!name.starts_with(kPrefix)) continue;
    const at::Tensor read = file.tensor(name.substr(kPrefix.size()));
    EXPECT_TRUE(read.scalar_type() == at::kHalf && read.equal(tensor)) << name;
    ++count;
  }
  EXPECT_GT(count, 100u);
  EXPECT_EQ(file.tensors().size(), count);
}

TEST(ReadCheckpoint, ReadsEmbeddingsOfBothFormats) {
  const TensorFile zip = TensorFile::open(golden("embeddings/myemb.pt"));
  EXPECT_EQ(zip.tensor("string_to_param.*").sizes(), (at::IntArrayRef{3, 128}));
  EXPECT_EQ(zip.metadata().at("name"), "myemb");
  EXPECT_EQ(zip.metadata().at("step"), "1000");
  const TensorFile legacy = TensorFile::open(golden("embeddings/style-x.legacy.pt"));
  EXPECT_EQ(legacy.format(), FileFormat::kLegacyCheckpoint);
  const TensorFile reference = TensorFile::open(golden("embeddings/style-x.safetensors"));
  EXPECT_TRUE(legacy.tensor("string_to_param.*").equal(reference.tensor("emb_params")));
}

TEST(ReadCheckpoint, TakesTheStateDictAndSkipsATrainersOtherFields) {
  const std::string unknown = pickle::call(pickle::global("pytorch_lightning.callbacks", "ModelCheckpoint"), ")");
  const std::string root = pickle::dictionary({{"epoch", pickle::integer(3)},
                                               {"callbacks", pickle::dictionary({{"best", unknown}})},
                                               {"optimizer_states", pickle::list({matrix()})},
                                               {"state_dict", pickle::ordered_dictionary({{"w", matrix()}})},
                                               {"hyper_parameters", unknown}});
  for (const std::string& bytes : both_formats(root, kSixFloats)) {
    const TensorFile file = open(bytes);
    ASSERT_EQ(file.tensors().size(), 1u);
    EXPECT_TRUE(file.tensor("w").equal(at::arange(6, at::kFloat).view({2, 3})));
    EXPECT_EQ(file.metadata().at("epoch"), "3");
  }
}

TEST(ReadCheckpoint, IgnoresNumbersAmongTheTensors) {
  const std::string scalar = pickle::call(pickle::global("numpy.core.multiarray", "scalar"), ")");
  const TensorFile file = open(tests::zip_checkpoint(
      pickle::dictionary(
          {{"state_dict",
            pickle::dictionary(
                {{"global_step", pickle::integer(7)}, {"lr", scalar}, {"nothing", pickle::none()}, {"w", matrix()}})}}),
      kSixFloats));
  EXPECT_EQ(file.tensors().size(), 1u);
}

TEST(ReadCheckpoint, HonoursStridesOffsetsAndSharedStorages) {
  const std::string root = pickle::dictionary({{"turned", pickle::tensor(six_floats(), 0, {3, 2}, {1, 3})},
                                               {"tail", pickle::tensor(six_floats(), 4, {2}, {1})},
                                               {"one", pickle::tensor(six_floats(), 5, {}, {})},
                                               {"none", pickle::tensor(six_floats(), 0, {0, 5}, {5, 1})},
                                               {"repeated", pickle::tensor(six_floats(), 1, {2, 2}, {0, 1})}});
  for (const std::string& bytes : both_formats(root, kSixFloats)) {
    const TensorFile file = open(bytes);
    const at::Tensor all = at::arange(6, at::kFloat);
    EXPECT_TRUE(file.tensor("turned").equal(all.view({2, 3}).t()));
    EXPECT_TRUE(file.tensor("tail").equal(all.slice(0, 4)));
    EXPECT_EQ(file.tensor("one").item<float>(), 5.0F);
    EXPECT_EQ(file.tensor("none").sizes(), (at::IntArrayRef{0, 5}));
    EXPECT_TRUE(file.tensor("repeated").equal(at::tensor({1.0F, 2.0F, 1.0F, 2.0F}).view({2, 2})));
  }
}

TEST(ReadCheckpoint, UnwrapsParametersAndSubclasses) {
  const std::string parameter =
      pickle::call(pickle::global("torch._utils", "_rebuild_parameter"),
                   pickle::tuple({matrix(), pickle::boolean(true), pickle::ordered_dictionary({})}));
  const std::string subclass =
      pickle::call(pickle::global("torch._tensor", "_rebuild_from_type_v2"),
                   pickle::tuple({pickle::global("torch._utils", "_rebuild_tensor_v2"), pickle::global("my", "Tensor"),
                                  pickle::tuple({six_floats(), pickle::integer(2), pickle::integers({2}),
                                                 pickle::integers({1}), pickle::boolean(false), pickle::none()}),
                                  pickle::none()}));
  const std::string module = pickle::global("torch.nn.modules.container", "ParameterDict") + ")\x81" +
                             pickle::dictionary({{"training", pickle::boolean(true)},
                                                 {"_parameters", pickle::ordered_dictionary({{"*", parameter}})}}) +
                             "b";
  const TensorFile file = open(tests::zip_checkpoint(
      pickle::dictionary({{"p", parameter}, {"s", subclass}, {"string_to_param", module}}), kSixFloats));
  EXPECT_EQ(file.tensor("p").sizes(), (at::IntArrayRef{2, 3}));
  EXPECT_TRUE(file.tensor("s").equal(at::tensor({2.0F, 3.0F})));
  EXPECT_EQ(file.tensor("string_to_param.*").sizes(), (at::IntArrayRef{2, 3}));
}

TEST(ReadCheckpoint, KnowsEveryStorageType) {
  struct Case {
    const char* storage;
    at::ScalarType type;
  };
  for (const Case& c :
       {Case{"DoubleStorage", at::kDouble}, Case{"FloatStorage", at::kFloat}, Case{"HalfStorage", at::kHalf},
        Case{"BFloat16Storage", at::kBFloat16}, Case{"LongStorage", at::kLong}, Case{"IntStorage", at::kInt},
        Case{"ShortStorage", at::kShort}, Case{"CharStorage", at::kChar}, Case{"ByteStorage", at::kByte},
        Case{"BoolStorage", at::kBool}}) {
    const at::Tensor expected = at::tensor({1.0F, 0.0F, 1.0F}).to(c.type);
    const std::string bytes(static_cast<const char*>(expected.data_ptr()), expected.nbytes());
    const std::string root =
        pickle::dictionary({{"w", pickle::tensor(pickle::storage(c.storage, "k", 3), 0, {3}, {1})}});
    for (const std::string& file : both_formats(root, {{"k", bytes, 3}})) {
      const at::Tensor read = open(file).tensor("w");
      EXPECT_TRUE(read.scalar_type() == c.type && read.equal(expected)) << c.storage;
    }
  }
}

TEST(ReadCheckpoint, ReadsUntypedStoragesByTheTensorsType) {
  const std::string tensor =
      pickle::call(pickle::global("torch._utils", "_rebuild_tensor_v3"),
                   pickle::tuple({pickle::storage("UntypedStorage", "0", 6), pickle::integer(1), pickle::integers({2}),
                                  pickle::integers({1}), pickle::boolean(false), pickle::none(),
                                  pickle::global("torch", "float16")}));
  const std::string bytes("\x00\x00\x00\x3c\x00\x40", 6);  // 0, 1, 2
  const TensorFile file = open(tests::zip_checkpoint(pickle::dictionary({{"w", tensor}}), {{"0", bytes, 6}}));
  EXPECT_TRUE(file.tensor("w").equal(at::tensor({1.0F, 2.0F}).to(at::kHalf)));
}

TEST(ReadCheckpoint, InflatesDeflatedEntriesAndKeepsThem) {
  const std::string root = pickle::dictionary({{"w", matrix()}, {"v", matrix()}});
  at::Tensor tensor;
  {
    tensor =
        open(tests::zip_archive({{"x/data.pkl", pickle::whole(root), true}, {"x/data/0", kSixFloats[0].bytes, true}}))
            .tensor("w");
  }
  EXPECT_TRUE(tensor.equal(at::arange(6, at::kFloat).view({2, 3})));
}

TEST(ReadCheckpoint, ReadsStorageViewsOfTheOlderFormat) {
  const std::string view = pickle::tuple({pickle::text("v"), pickle::integer(2), pickle::integer(3)});
  const std::string storage = pickle::storage("FloatStorage", "0", 6, view);
  const auto file = [&](int64_t size) {
    return tests::legacy_checkpoint(pickle::dictionary({{"w", pickle::tensor(storage, 0, {size}, {1})}}), kSixFloats);
  };
  EXPECT_TRUE(open(file(3)).tensor("w").equal(at::tensor({2.0F, 3.0F, 4.0F})));
  EXPECT_THAT(refusal(file(4)), HasSubstr("outside its storage of 3 elements"));
  const std::string too_far = pickle::tuple({pickle::text("v"), pickle::integer(2), pickle::integer(5)});
  EXPECT_THAT(
      refusal(tests::legacy_checkpoint(
          pickle::dictionary({{"w", pickle::tensor(pickle::storage("FloatStorage", "0", 6, too_far), 0, {1}, {1})}}),
          kSixFloats)),
      HasSubstr("a view of elements 2+5, expected a part of its 6"));
}

struct BadTensor {
  int64_t offset;
  std::vector<int64_t> shape, strides;
  const char* complaint;
};

class RefusedCheckpointTensor : public ::testing::TestWithParam<BadTensor> {};

TEST_P(RefusedCheckpointTensor, IsNamedWithWhatWasFoundAndExpected) {
  const auto& [offset, shape, strides, complaint] = GetParam();
  const std::string root = pickle::dictionary({{"bad", pickle::tensor(six_floats(), offset, shape, strides)}});
  for (const std::string& file : both_formats(root, kSixFloats)) {
    EXPECT_THAT(refusal(file), AllOf(HasSubstr("'a.ckpt': tensor 'bad'"), HasSubstr(complaint)));
  }
}

constexpr int64_t kHuge = int64_t{1} << 32;

INSTANTIATE_TEST_SUITE_P(
    Shapes, RefusedCheckpointTensor,
    ::testing::Values(BadTensor{0, {7}, {1}, "outside its storage of 6 elements"},
                      BadTensor{1, {2, 3}, {3, 1}, "outside its storage"},
                      BadTensor{6, {1}, {1}, "outside its storage"},
                      BadTensor{0, {2, 3}, {4, 1}, "outside its storage"}, BadTensor{-1, {1}, {1}, "no offset"},
                      BadTensor{INT64_MAX, {1}, {1}, "outside its storage"},
                      BadTensor{1, {2}, {INT64_MAX}, "outside its storage"},
                      BadTensor{0, {3, 3}, {INT64_MAX, INT64_MAX}, "outside its storage"},
                      BadTensor{0, {-2}, {1}, "-2 among its sizes"}, BadTensor{0, {2}, {-1}, "-1 among its sizes"},
                      BadTensor{0, {2, 3}, {1}, "impossible shape [2, 3] with strides [1]"},
                      BadTensor{0, {kHuge, kHuge}, {0, 0}, "impossible shape [4294967296, 4294967296]"},
                      BadTensor{0, {100000}, {0}, "impossible shape [100000]"},
                      BadTensor{0, std::vector<int64_t>(17, 1), std::vector<int64_t>(17, 1), "17 dimensions"}));

TEST(ReadCheckpoint, RefusesStoragesOfAnotherSizeThanSaid) {
  const std::string root = pickle::dictionary({{"w", pickle::tensor(six_floats(), 0, {2}, {1})}});
  const std::string short_bytes = tests::bytes_of<float>({0, 1, 2, 3, 4});
  for (const std::string& file : both_formats(root, {{"0", short_bytes, 5}})) {
    EXPECT_THAT(refusal(file), HasSubstr("storage '0' has 20 bytes, expected 6 elements of 4 bytes"));
  }
  const std::string lying =
      pickle::dictionary({{"w", pickle::tensor(pickle::storage("FloatStorage", "0", int64_t{1} << 62), 0, {2}, {1})}});
  for (const std::string& file : both_formats(lying, {{"0", short_bytes, 5}})) {
    EXPECT_THAT(refusal(file), HasSubstr("expected 4611686018427387904 elements"));
  }
  EXPECT_THAT(refusal(tests::zip_checkpoint(root, {})), HasSubstr("storage '0' is missing"));
}

TEST(ReadCheckpoint, RefusesTruncationAtEveryByte) {
  for (const std::string& file : both_formats(pickle::dictionary({{"w", matrix()}}), kSixFloats)) {
    for (std::size_t size = 0; size < file.size(); ++size) EXPECT_NE(refusal(file.substr(0, size)), "") << size;
  }
}

TEST(ReadCheckpoint, RefusesTrailingBytes) {
  for (const std::string& file : both_formats(pickle::dictionary({{"w", matrix()}}), kSixFloats)) {
    EXPECT_NE(refusal(file + "x"), "");
  }
}

TEST(ReadCheckpoint, RefusesTensorsMadeByUnknownFunctions) {
  const std::string attack = pickle::call(pickle::global("os", "system"), pickle::tuple({pickle::text("touch x")}));
  const std::string state =
      pickle::dictionary({{"state_dict", pickle::dictionary({{"w", matrix()}, {"evil", attack}})}});
  for (const std::string& file : both_formats(state, kSixFloats)) {
    EXPECT_THAT(refusal(file), HasSubstr("entry 'evil' is an object of 'os.system' (which is never run)"));
  }
  EXPECT_THAT(refusal(tests::zip_checkpoint(attack, {})), HasSubstr("'os.system'"));
}

TEST(ReadCheckpoint, RefusesFilesWithoutTensors) {
  EXPECT_THAT(refusal(tests::zip_checkpoint(pickle::dictionary({{"epoch", pickle::integer(1)}}), {})),
              HasSubstr("holds no tensors"));
  EXPECT_THAT(refusal(tests::zip_checkpoint(pickle::integer(5), {})), HasSubstr("holds a single value"));
  EXPECT_THAT(refusal(tests::zip_archive({{"word/document.xml", "<x/>"}})), HasSubstr("0 entries 'FOLDER/data.pkl'"));
  EXPECT_THAT(refusal("\x80\x02\x8a\x01\x05."), HasSubstr("without PyTorch's magic number"));
}

TEST(ReadCheckpoint, RefusesRepeatedNames) {
  const std::string root = pickle::dictionary({{"w", matrix()}, {"w", matrix()}});
  for (const std::string& file : both_formats(root, kSixFloats)) EXPECT_THAT(refusal(file), HasSubstr("listed twice"));
}

TEST(ReadCheckpoint, RefusesBigEndianFiles) {
  const std::string root = pickle::whole(pickle::dictionary({{"w", matrix()}}));
  EXPECT_THAT(
      refusal(tests::zip_archive({{"x/data.pkl", root}, {"x/byteorder", "big"}, {"x/data/0", kSixFloats[0].bytes}}),
              ErrorCode::kUnsupportedModel),
      HasSubstr("byte order 'big'"));
}

TEST(ReadCheckpoint, SurvivesStructuresThatContainThemselves) {
  // {"loop": itself, "w": tensor}
  const std::string root = "}q\x01(" + pickle::text("loop") + "h\x01" + pickle::text("w") + matrix() + "u";
  for (const std::string& file : both_formats(root, kSixFloats)) EXPECT_EQ(open(file).tensors().size(), 1u);
}

TEST(ReadCheckpoint, RefusesStructuresMadeToTakeForEver) {
  // One list of 200,000 pairs that 1,000 dictionaries share as their first content.
  std::string shared = "](";
  for (int i = 0; i < 200'000; ++i) shared += ")";
  shared += "eq\x01";
  std::string root = "(" + shared + "0";
  std::string dictionaries = "](";
  for (int i = 0; i < 1'000; ++i)
    dictionaries += pickle::call(pickle::global("collections", "OrderedDict"), "h\x01\x85");
  root = shared + "0" + dictionaries + "e";
  EXPECT_THAT(refusal(tests::zip_checkpoint("}" + pickle::text("a") + root + "s", {})), HasSubstr("without end"));
}

}  // namespace
}  // namespace fude::io
