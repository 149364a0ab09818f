#include "io/model_hashes.h"

#include <gtest/gtest.h>

#include "io/safetensors_writer.h"
#include "tests/support/temporary_folder.h"

namespace fude::io {
namespace {

TEST(ModelHashes, AreTheFilesAndItsPartAtOneMebibyte) {
  const tests::TemporaryFolder folder;
  write_safetensors(folder / "a.safetensors", {{"w", at::arange(300'000, at::kFloat)}});
  const TensorFile file = TensorFile::open(folder / "a.safetensors");
  const ModelHashes hashes = model_hashes(file);
  EXPECT_EQ(hashes.sha256, sha256_hex(file.bytes()));
  EXPECT_EQ(hashes.auto_v2, hashes.sha256.substr(0, 10));
  EXPECT_EQ(hashes.auto_v1, sha256_hex(file.bytes().subspan(1 << 20, 1 << 16)).substr(0, 8));
}

TEST(ModelHashes, TakeNothingWhereAShortFileHasNothing) {
  const tests::TemporaryFolder folder;
  write_safetensors(folder / "a.safetensors", {{"w", at::zeros({3})}});
  EXPECT_EQ(model_hashes(TensorFile::open(folder / "a.safetensors")).auto_v1, "e3b0c442");
}

TEST(AdapterHash, StaysWhenMetadataIsEdited) {
  const tests::TemporaryFolder folder;
  const std::map<std::string, at::Tensor> tensors{{"w", at::arange(12, at::kFloat)}};
  write_safetensors(folder / "a.safetensors", tensors);
  write_safetensors(folder / "b.safetensors", tensors, {{"ss_output_name", "another name"}});
  write_safetensors(folder / "c.safetensors", tensors, {{"sshs_model_hash", "0123456789abcdef0123"}});
  const std::string hash = adapter_hash(TensorFile::open(folder / "a.safetensors"));
  EXPECT_EQ(hash.size(), 12u);
  EXPECT_EQ(adapter_hash(TensorFile::open(folder / "b.safetensors")), hash);
  EXPECT_EQ(adapter_hash(TensorFile::open(folder / "c.safetensors")), "0123456789ab");
}

}  // namespace
}  // namespace fude::io
