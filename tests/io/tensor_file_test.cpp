#include "io/tensor_file.h"

#include <gmock/gmock.h>

#include <fstream>

#include "io/safetensors_writer.h"
#include "tests/support/refusal.h"
#include "tests/support/temporary_folder.h"

namespace fude::io {
namespace {

using ::testing::HasSubstr;
using tests::refusal;

TensorFile from_text(std::string text) {
  const auto owner = std::make_shared<const std::string>(std::move(text));
  return TensorFile::from_memory(std::as_bytes(std::span(*owner)), owner, "memory");
}

/// A file of one tensor whose data begins at `misalignment` bytes after a multiple of 8 in memory.
TensorFile one_tensor(const std::string& type, int count, const std::string& data, std::size_t misalignment) {
  std::string json =
      fmt::format(R"({{"t":{{"dtype":"{}","shape":[{}],"data_offsets":[0,{}]}}}})", type, count, data.size());
  json.append(8 - json.size() % 8 + misalignment, ' ');
  std::string file(8, '\0');
  file[0] = static_cast<char>(json.size());
  return from_text(file + json + data);
}

TEST(TensorFile, HandsOutViewsThatOutliveIt) {
  const tests::TemporaryFolder folder;
  write_safetensors(folder / "a.safetensors", {{"w", at::arange(6, at::kFloat).view({2, 3})}});
  at::Tensor view;
  {
    const TensorFile file = TensorFile::open(folder / "a.safetensors");
    view = file.tensor("w");
    EXPECT_EQ(view.data_ptr(), file.tensors().at("w").bytes.data()) << "a copy was made";
  }
  EXPECT_TRUE(view.equal(at::arange(6, at::kFloat).view({2, 3})));
}

TEST(TensorFile, CopiesDataThatIsNotAlignedToItsElements) {
  const float values[2] = {1.5F, -2.0F};
  const std::string data(reinterpret_cast<const char*>(values), sizeof(values));
  for (std::size_t misalignment : {0, 1, 2, 4}) {
    const TensorFile file = one_tensor("F32", 2, data, misalignment);
    EXPECT_TRUE(file.tensor("t").equal(at::tensor({1.5F, -2.0F}))) << misalignment;
  }
}

TEST(TensorFile, ReadsAnyNonZeroByteAsTrue) {
  const at::Tensor flags = one_tensor("BOOL", 3, std::string("\x00\x01\x80", 3), 0).tensor("t");
  EXPECT_EQ(flags.scalar_type(), at::kBool);
  EXPECT_EQ(flags.sum().item<int64_t>(), 2);
}

TEST(TensorFile, SaysWhichTensorIsMissingOrOfAForeignType) {
  const TensorFile file = one_tensor("F8_E8M0", 1, "x", 0);
  EXPECT_THAT(refusal(ErrorCode::kUnsupportedModel, [&] { file.tensor("t"); }), HasSubstr("type F8_E8M0"));
  EXPECT_THAT(refusal(ErrorCode::kNotFound, [&] { file.tensor("u"); }), HasSubstr("'memory' has no tensor 'u'"));
}

TEST(TensorFile, NamesFilesThatAreNoModelsAtAll) {
  EXPECT_THAT(refusal(ErrorCode::kCorruptFile, [] { from_text("<!DOCTYPE html><p>Sign in"); }), HasSubstr("web page"));
  EXPECT_THAT(refusal(ErrorCode::kCorruptFile, [] { from_text("version https://git-lfs.github.com/spec/v1"); }),
              HasSubstr("git lfs pull"));
}

TEST(TensorFile, RefusesMissingAndEmptyFilesAndFolders) {
  const tests::TemporaryFolder folder;
  std::ofstream(folder / "empty.safetensors").close();
  EXPECT_THAT(refusal(ErrorCode::kNotFound, [&] { TensorFile::open(folder / "no.safetensors"); }),
              HasSubstr("does not exist"));
  EXPECT_THAT(refusal(ErrorCode::kCorruptFile, [&] { TensorFile::open(folder / "empty.safetensors"); }),
              HasSubstr("is empty"));
  EXPECT_THAT(refusal(ErrorCode::kCorruptFile, [&] { TensorFile::open(folder.path()); }), HasSubstr("is a folder"));
}

TEST(TensorFile, StaysReadableWhenItForgets) {
  const tests::TemporaryFolder folder;
  const at::Tensor numbers = at::arange(100000, at::kFloat);
  write_safetensors(folder / "x.safetensors", {{"w", numbers}});
  const TensorFile file = TensorFile::open(folder / "x.safetensors");
  const TensorFile assembled = TensorFile::assemble({.name = "both", .parts = {file}, .tensors = file.tensors()});
  const at::Tensor view = file.tensor("w");
  for (const TensorFile& forgetful : {file, assembled}) {
    forgetful.forget(forgetful.tensors().at("w").bytes);
    EXPECT_TRUE(view.equal(numbers));
  }
  std::vector<std::byte> elsewhere(1 << 16, std::byte{7});
  file.forget(elsewhere);
  EXPECT_EQ(elsewhere.back(), std::byte{7});
}

}  // namespace
}  // namespace fude::io
