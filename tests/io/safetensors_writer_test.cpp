#include "io/safetensors_writer.h"

#include <gmock/gmock.h>

#include <fstream>
#include <iterator>
#include <stdexcept>

#include "core/error.h"
#include "io/tensor_file.h"
#include "tests/support/temporary_folder.h"

namespace fude::io {
namespace {

std::string content(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::map<std::string, at::Tensor> one_of_each_type() {
  std::map<std::string, at::Tensor> tensors;
  int count = 1;  // odd element counts push whatever follows off its alignment, unless sizes fall
  for (const at::ScalarType type : {at::kDouble, at::kFloat, at::kHalf, at::kBFloat16, at::kLong, at::kInt, at::kShort,
                                    at::kChar, at::kByte, at::kBool}) {
    tensors[c10::toString(type)] = at::arange(count, at::kFloat).to(type);
    count += 2;
  }
  tensors["scalar"] = at::scalar_tensor(3.5, at::kFloat);
  tensors["empty"] = at::empty({0, 4}, at::kHalf);
  tensors["turned"] = at::arange(6, at::kFloat).view({2, 3}).t();
  return tensors;
}

TEST(WriteSafetensors, ReadsBackEveryTypeInPlace) {
  const tests::TemporaryFolder folder;
  const auto tensors = one_of_each_type();
  write_safetensors(folder / "all.safetensors", tensors, {{"title", "筆 \"x\"\n"}, {"empty", ""}});
  const TensorFile file = TensorFile::open(folder / "all.safetensors");
  EXPECT_EQ(file.metadata().at("title"), "筆 \"x\"\n");
  ASSERT_EQ(file.tensors().size(), tensors.size());
  for (const auto& [name, tensor] : tensors) {
    const at::Tensor read = file.tensor(name);
    EXPECT_EQ(read.scalar_type(), tensor.scalar_type()) << name;
    EXPECT_TRUE(read.equal(tensor)) << name;
    if (tensor.numel() > 0 && tensor.scalar_type() != at::kBool) {
      EXPECT_EQ(read.data_ptr(), file.tensors().at(name).bytes.data()) << name << " was copied";
    }
  }
}

TEST(WriteSafetensors, BeginsTheDataAtAMultipleOf64Bytes) {
  const tests::TemporaryFolder folder;
  for (std::size_t length = 1; length < 70; length += 7) {
    write_safetensors(folder / "x.safetensors", {{std::string(length, 'x'), at::zeros({3})}});
    EXPECT_EQ((content(folder / "x.safetensors").size() - 12) % 64, 0u) << length;
  }
}

TEST(WriteSafetensors, GivesTheSameBytesForTheSameContent) {
  const tests::TemporaryFolder folder;
  write_safetensors(folder / "a.safetensors", one_of_each_type(), {{"k", "v"}});
  write_safetensors(folder / "b.safetensors", one_of_each_type(), {{"k", "v"}});
  EXPECT_EQ(content(folder / "a.safetensors"), content(folder / "b.safetensors"));
}

TEST(WriteSafetensors, LeavesTheOldFileAndNothingElseWhenItFails) {
  const tests::TemporaryFolder folder;
  write_safetensors(folder / "a.safetensors", {{"w", at::zeros({3})}});
  const std::string before = content(folder / "a.safetensors");
  EXPECT_THROW(write_safetensors(folder / "a.safetensors", {{"bad\xff", at::zeros({3})}}), Error);
  EXPECT_THROW(write_safetensors(folder / "a.safetensors", {{"__metadata__", at::zeros({3})}}), Error);
  EXPECT_THROW(write_safetensors(folder / "a.safetensors", {{"c", at::zeros({3}, at::kComplexFloat)}}), Error);
  EXPECT_EQ(content(folder / "a.safetensors"), before);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 1);
}

class Stream : public testing::Test {
 protected:
  void begin(SafetensorsStream& stream) {
    stream.begin([this](std::span<const std::byte> bytes) { bytes_.insert(bytes_.end(), bytes.begin(), bytes.end()); });
  }

  TensorFile file() const { return TensorFile::from_memory(bytes_, nullptr, "stream"); }

  std::vector<std::byte> bytes_;
};

TEST_F(Stream, TakesTensorsRowByRowInTheTypePlanned) {
  SafetensorsStream stream({{"small", TensorType::kF8E5M2, {2, 2}},
                            {"empty", TensorType::kF32, {0, 3}},
                            {"rows", TensorType::kF16, {3, 2}},
                            {"wide", TensorType::kF32, {2}}},
                           {{"k", "v"}});
  std::vector<std::string> order;
  for (const PlannedTensor& tensor : stream.tensors()) order.push_back(tensor.name);
  EXPECT_THAT(order, testing::ElementsAre("empty", "wide", "rows", "small"));
  begin(stream);
  stream.write(at::empty({0, 3}));
  stream.write(at::tensor({1.5F, 2.5F}));
  const at::Tensor rows = at::arange(6, at::kFloat).view({3, 2});
  stream.write(rows.narrow(0, 0, 1));
  stream.write(rows.narrow(0, 1, 2));
  stream.write(at::full({2, 2}, -3.0, at::kDouble));
  stream.finish();
  EXPECT_EQ(bytes_.size(), stream.byte_count());
  EXPECT_TRUE(file().tensor("rows").equal(rows.to(at::kHalf)));
  EXPECT_TRUE(file().tensor("wide").equal(at::tensor({1.5F, 2.5F})));
  EXPECT_TRUE(file().tensor("small").equal(at::full({2, 2}, -3.0F)));
  EXPECT_EQ(file().tensor("empty").sizes(), (at::IntArrayRef{0, 3}));
}

TEST_F(Stream, RefusesTooLittleAndTooMuch) {
  SafetensorsStream stream({{"a", TensorType::kF32, {4}}}, {});
  begin(stream);
  stream.write(at::ones({3}));
  EXPECT_THROW(stream.finish(), std::logic_error);
  EXPECT_THROW(stream.write(at::ones({2})), std::logic_error);
}

}  // namespace
}  // namespace fude::io
