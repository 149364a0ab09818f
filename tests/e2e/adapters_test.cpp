#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "core/hash.h"
#include "core/platform/mapped_file.h"
#include "io/images/png_file.h"
#include "io/model_hashes.h"
#include "io/safetensors_writer.h"
#include "pipelines/stored_text.h"
#include "tests/e2e/program.h"
#include "tests/support/checkpoint_writer.h"
#include "tests/support/golden.h"
#include "tests/support/temporary_folder.h"
#include "tests/support/tiny_model.h"

namespace fude::tests {
namespace {

namespace fs = std::filesystem;

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

/// A data folder with one adapter of each kind for micro-sd1: its text is 8 wide.
class AdaptersProgram : public ::testing::Test {
 protected:
  TemporaryFolder folder_;

  void SetUp() override {
    at::manual_seed(7);
    for (const char* kind : {"Lora", "embeddings", "hypernetworks"}) fs::create_directories(models() / kind);
    io::write_safetensors(lora(), {{"lora_unet_conv_in.diff", at::randn({32, 4, 3, 3})}});
    io::write_safetensors(word(), {{"emb_params", at::randn({2, 8})}});
    write_hypernetwork();
  }

  fs::path models() const { return folder_ / "models"; }
  fs::path lora() const { return models() / "Lora/水彩 style.safetensors"; }
  fs::path word() const { return models() / "embeddings/my-word.safetensors"; }
  fs::path hypernetwork() const { return models() / "hypernetworks/hyper.pt"; }

  // {8: (state of the keys' layers, state of the values')}, one linear layer each.
  void write_hypernetwork() const {
    std::vector<StoredBytes> storages;
    const auto stored = [&](int64_t rows, int64_t columns) {
      const std::string key = std::to_string(storages.size());
      std::vector<float> numbers(static_cast<std::size_t>(rows * columns));
      for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = static_cast<float>(i % 5) - 2;
      storages.push_back({key, bytes_of(numbers), rows * columns});
      const auto storage = pickle::storage("FloatStorage", key, rows * columns);
      return rows == 1 ? pickle::tensor(storage, 0, {columns}, {1})
                       : pickle::tensor(storage, 0, {rows, columns}, {columns, 1});
    };
    const auto state = [&] {
      return pickle::ordered_dictionary({{"linear.0.weight", stored(8, 8)}, {"linear.0.bias", stored(1, 8)}});
    };
    const std::string keys = state(), values = state();
    const std::string root = pickle::keyed_dictionary({{pickle::integer(8), pickle::tuple({keys, values})}});
    std::ofstream(hypernetwork(), std::ios::binary) << zip_checkpoint(root, storages);
  }

  struct Run {
    ProgramResult result;
    nlohmann::json line;
    std::string infotext;
    std::vector<std::uint8_t> pixels;
  };

  Run draw(const std::string& prompt, std::vector<std::string> more = {}) const {
    const std::string out = (folder_ / "picture.png").string();
    std::vector<std::string> all = {"txt2img",    prompt,
                                    "--model",    tiny_model("micro-sd1").string(),
                                    "--data-dir", folder_.path().string(),
                                    "--size",     "128x128",
                                    "--steps",    "2",
                                    "--seed",     "5",
                                    "--out",      out,
                                    "--json"};
    all.insert(all.end(), more.begin(), more.end());
    Run run{.result = run_fude(all), .line = {}, .infotext = {}, .pixels = {}};
    EXPECT_EQ(run.result.exit_code, 0) << run.result.err;
    if (run.result.exit_code != 0) return run;
    run.line = nlohmann::json::parse(run.result.out);
    run.infotext = pipelines::read_infotext_of(out);
    run.pixels = io::read_png(out).pixels;
    return run;
  }
};

TEST_F(AdaptersProgram, ChangesThePictureAndWritesTrueHashes) {
  const Run plain = draw("a cat"), lora_run = draw("a cat<lora:水彩 style>"), word_run = draw("a cat my-word"),
            hyper_run = draw("a cat<hypernet:hyper:0.5>");
  EXPECT_THAT(plain.line["warnings"], IsEmpty());
  for (const Run* run : {&lora_run, &word_run, &hyper_run}) {
    EXPECT_NE(run->pixels, plain.pixels) << run->infotext;
    EXPECT_THAT(run->line["warnings"], IsEmpty());
  }
  const auto digits = [](const fs::path& path, std::size_t count) {
    return sha256_hex(platform::MappedFile::open(path)->bytes()).substr(0, count);
  };
  EXPECT_THAT(lora_run.infotext,
              HasSubstr("Lora hashes: \"水彩 style: " + io::adapter_hash(io::TensorFile::open(lora()))));
  EXPECT_THAT(word_run.infotext, HasSubstr("TI hashes: \"my-word: " + digits(word(), 12)));
  EXPECT_THAT(hyper_run.infotext, HasSubstr("Hypernet hashes: \"hyper: " + digits(hypernetwork(), 10)));
  EXPECT_THAT(plain.infotext, Not(HasSubstr("hashes")));
}

TEST_F(AdaptersProgram, NamesWhatIsMissingAndGoesOn) {
  const Run plain = draw("a cat");
  const Run run = draw("a cat<lora:水彩 stile><hypernet:hipper>");
  EXPECT_EQ(run.pixels, plain.pixels);
  ASSERT_EQ(run.line["warnings"].size(), 2u);
  EXPECT_THAT(run.line["warnings"][0].get<std::string>(), HasSubstr("did you mean '水彩 style'"));
  EXPECT_THAT(run.line["warnings"][1].get<std::string>(), HasSubstr("hypernet 'hipper'"));
  for (const auto& warning : run.line["warnings"]) {
    EXPECT_THAT(run.result.err, HasSubstr("fude: warning: " + warning.get<std::string>() + "\n"));
  }
  EXPECT_THAT(run.infotext, Not(HasSubstr("hashes")));
}

}  // namespace
}  // namespace fude::tests
