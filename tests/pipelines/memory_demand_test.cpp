#include "pipelines/memory_demand.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "models/autoencoders/banded_autoencoder.h"
#include "models/denoisers/unet_memory.h"
#include "pipelines/text_to_image.h"
#include "tests/support/golden.h"
#include "tests/support/refusal.h"
#include "tests/support/tiny_model.h"
#include "weights/state_dict.h"

namespace fude::pipelines {
namespace {

using ::testing::HasSubstr;
using weights::Residence;

constexpr double kGigabyte = 1 << 30;

/// What a published family asks of a GPU in half precision; numbers of weights from its files.
struct Family {
  double text, embeddings, denoiser, autoencoder, largest;
  models::UNetConfig unet;

  std::vector<NetworkDemand> demands(int side, int batch) const {
    const auto bytes = [](double numbers) { return static_cast<std::int64_t>(2 * numbers); };
    const std::int64_t cells = side / 8, text_work = 32 << 20;
    const std::int64_t work = models::unet_work_bytes(unet, {2 * batch, cells, cells}, 2);
    const std::int64_t decode = models::decode_bytes({}, cells, cells, at::kHalf);
    return {{NetworkRole::kTextEncoders, bytes(text), bytes(largest), bytes(embeddings), text_work, text_work},
            {NetworkRole::kDenoiser, bytes(denoiser), bytes(largest), 0, work, work},
            {NetworkRole::kAutoencoder, bytes(autoencoder), bytes(largest), 0, decode, decode / 2}};
  }
};

const Family kStableDiffusion1{85e6, 38e6, 860e6, 84e6, 29.5e6, {}};
const Family kSdxl{716e6,
                   102e6,
                   2567e6,
                   84e6,
                   29.5e6,
                   {.channel_mult = {1, 2, 4},
                    .transformer_depth = {0, 2, 10},
                    .middle_transformer_depth = 10,
                    .context_dim = 2048,
                    .heads = 0,
                    .head_width = 64,
                    .has_linear_projections = true,
                    .vector_dim = 2816}};

/// The plan for a card of so many GB, half of one of which the screen has.
std::string plan_on(double card, const Family& family, int side, int batch = 1) {
  const DeviceMemory memory{.free = static_cast<std::uint64_t>((card - 0.5) * kGigabyte),
                            .total = static_cast<std::uint64_t>(card * kGigabyte)};
  try {
    const MemoryPlan plan = plan_memory(family.demands(side, batch), memory, {});
    std::string text(name_of(plan.mode));
    if (plan.mode == MemoryMode::kSwap) {
      text += " " + std::to_string(std::ranges::count(plan.residences, Residence::kSwapped));
    }
    return text + (plan.autoencoder_in_pieces ? " in pieces" : "");
  } catch (const Error& error) {
    return error.code() == ErrorCode::kOutOfResources ? "refused" : error.what();
  }
}

TEST(MemoryPlans, ServeTheCardsThatPeopleHave) {
  struct Row {
    const Family& family;
    int side;
    std::array<const char*, 5> plans;  // on 4, 6, 8, 12 and 24 GB
  };
  const std::array rows{
      Row{kStableDiffusion1, 512, {"full", "full", "full", "full", "full"}},
      Row{kStableDiffusion1, 768, {"full in pieces", "full", "full", "full", "full"}},
      Row{kStableDiffusion1, 1024, {"swap 2 in pieces", "full", "full", "full", "full"}},
      Row{kStableDiffusion1, 1536, {"stream in pieces", "full in pieces", "full", "full", "full"}},
      Row{kStableDiffusion1, 2048, {"refused", "swap 3 in pieces", "full in pieces", "full", "full"}},
      Row{kSdxl, 512, {"stream", "stream", "swap 1", "full", "full"}},
      Row{kSdxl, 768, {"stream", "stream", "swap 1", "full", "full"}},
      Row{kSdxl, 1024, {"stream", "stream", "swap 2 in pieces", "full", "full"}},
      Row{kSdxl, 1536, {"stream in pieces", "stream in pieces", "swap 3", "swap 1", "full"}},
      Row{kSdxl, 2048, {"refused", "stream in pieces", "swap 3 in pieces", "full in pieces", "full"}},
  };
  constexpr std::array kCards{4.0, 6.0, 8.0, 12.0, 24.0};
  for (const Row& row : rows) {
    for (std::size_t card = 0; card < kCards.size(); ++card) {
      EXPECT_EQ(plan_on(kCards[card], row.family, row.side), row.plans[card])
          << (&row.family == &kSdxl ? "SDXL " : "SD1.5 ") << row.side << " on " << kCards[card] << " GB";
    }
  }
}

// Tiles of 96 cells, four at once, both halves of the guidance.
TEST(MemoryPlans, ServeFourThousandPixelsOnEightGigabytesByTiledDiffusion) {
  constexpr std::int64_t kCells = 512;
  std::vector<NetworkDemand> demands = kStableDiffusion1.demands(4096, 1);
  NetworkDemand &denoiser = demands[1], &autoencoder = demands[2];
  denoiser.work = denoiser.work_in_pieces = models::unet_work_bytes({}, {2 * 4, 96, 96}, 2);
  autoencoder.work_in_pieces = models::lean_decode_bytes({}, kCells, kCells, at::kHalf);
  const DeviceMemory memory{.free = static_cast<std::uint64_t>(7.5 * kGigabyte),
                            .total = static_cast<std::uint64_t>(8 * kGigabyte)};
  EXPECT_TRUE(plan_memory(demands, memory, {}).autoencoder_in_pieces);
  EXPECT_EQ(plan_on(8, kStableDiffusion1, 4096), "refused");
}

TEST(MemoryPlans, LeaveRoomForTheWholeBatch) {
  EXPECT_EQ(plan_on(24, kSdxl, 1024, 8), "full");
  EXPECT_EQ(plan_on(8, kSdxl, 1024, 8), "stream");
  EXPECT_EQ(plan_on(4, kSdxl, 1024, 8), "refused");
}

TEST(UNetWork, GrowsWithPicturesAndPixels) {
  const auto work = [](std::int64_t pictures, std::int64_t side) {
    return static_cast<double>(models::unet_work_bytes({}, {pictures, side, side}, 2));
  };
  EXPECT_DOUBLE_EQ(work(2, 16), 2 * work(1, 16));
  EXPECT_NEAR(work(1, 2048) / work(1, 1024), 4, 0.1);
  EXPECT_GT(work(1, 1), 0);
  // Level 0 of Stable Diffusion 1 on the way up: 3 maps of 320 channels that wait, 19 of a transformer block; a quarter
  // more. Scores of eight heads, twice.
  const double pixels = 16 * 16;
  EXPECT_DOUBLE_EQ(work(1, 16), 2 * (pixels * 22 * 320 * 5 / 4 + 2 * 8 * pixels * pixels));
}

GenerationRequest tiny_request() {
  GenerationRequest request;
  request.model = tests::tiny_model("micro-sd1").string();
  request.prompt = "a cat";
  request.seed = 7;
  request.subseed = 0;
  request.steps = 2;
  request.sampler = "Euler";
  request.width = request.height = 64;
  return request;
}

PictureModel load(MemoryMode mode) {
  return load_picture_model(ModelLibrary("no-such-folder"), tiny_request(), {.memory = mode});
}

TEST(MemoryDemands, AreThoseOfATileInTiledDiffusion) {
  const io::TensorFile file = io::TensorFile::open(tests::tiny_model("micro-sd1"));
  const weights::TensorIndex index = weights::index_of(file);
  const auto config = models::infer_stable_diffusion_config(index, "tiny");
  const auto work = [&](const GenerationRequest& request) {
    return memory_demands(index, config, at::kFloat, request, 512).at(1).work;
  };
  GenerationRequest request = tiny_request();
  request.width = request.height = 128;
  const std::int64_t tile = work(request);
  request.width = 1024;
  EXPECT_GT(work(request), 4 * tile);
  request.tiled_diffusion = "MultiDiffusion";
  request.diffusion_tile_width = request.diffusion_tile_height = 16;
  request.diffusion_tile_overlap = 8;
  request.diffusion_tile_batch = 1;
  EXPECT_EQ(work(request), tile);
}

TEST(MemoryDemands, CountEveryWeightOnce) {
  const io::TensorFile file = io::TensorFile::open(tests::tiny_model("micro-sd1"));
  const weights::TensorIndex index = weights::index_of(file);
  const auto config = models::infer_stable_diffusion_config(index, "tiny");
  std::int64_t numbers = 0, counted = 0;
  for (const auto& [name, record] : file.tensors()) {
    std::int64_t count = 1;
    for (const std::int64_t size : record.shape) count *= size;
    const bool is_weight = file.tensor(name).is_floating_point();
    if (is_weight && !name.ends_with("logit_scale")) numbers += count;
  }
  const auto demands = memory_demands(index, config, at::kHalf, tiny_request(), 512);
  for (const NetworkDemand& demand : demands) {
    counted += demand.weights + demand.fixed;
    EXPECT_GT(demand.weights, demand.largest_weight);
    EXPECT_GT(demand.work, 0);
    EXPECT_LE(demand.work_in_pieces, demand.work);
  }
  EXPECT_NEAR(static_cast<double>(counted), 2.0 * static_cast<double>(numbers), 400);  // buffers that nobody uses
}

TEST(MemoryDemands, AreOfTheSizeThatIsAskedFor) {
  const weights::TensorIndex index = weights::index_of(io::TensorFile::open(tests::tiny_model("micro-sd1")));
  const auto config = models::infer_stable_diffusion_config(index, "tiny");
  GenerationRequest request = tiny_request();
  const auto small = memory_demands(index, config, at::kHalf, request, 512);
  request.width = request.height = 0;
  const auto native = memory_demands(index, config, at::kHalf, request, 512);
  request.width = request.height = 512;
  const auto large = memory_demands(index, config, at::kHalf, request, 512);
  EXPECT_GT(large[1].work, 32 * small[1].work);
  EXPECT_EQ(large[1].work, native[1].work);
  EXPECT_EQ(large[2].work, native[2].work);
  request.batch_size = 3;
  EXPECT_GT(memory_demands(index, config, at::kHalf, request, 512)[1].work, large[1].work);
}

TEST(MemoryModes, MakeTheSamePicture) {
  std::vector<at::Tensor> latents;
  std::vector<io::Image> images;
  for (const MemoryMode mode : {MemoryMode::kAuto, MemoryMode::kSwap, MemoryMode::kStream}) {
    PictureModel model = load(mode);
    EXPECT_EQ(model.memory.mode, mode == MemoryMode::kAuto ? MemoryMode::kFull : mode);
    const auto keep = [&](const FinishedPicture& picture, const StageSeconds&) { images.push_back(picture.image); };
    latents.push_back(text_to_image(model, tiny_request(), {.on_picture = keep}).latent);
  }
  EXPECT_TRUE(at::equal(latents[1], latents[2]));
  EXPECT_EQ(images[1].pixels, images[2].pixels);
  EXPECT_TRUE(tests::close_to(latents[0], latents[1], 1e-3));  // other kernels
}

TEST(MemoryModes, AreToldOfAProcessor) {
  EXPECT_THAT(describe(load(MemoryMode::kAuto).memory, "processor"),
              HasSubstr("all networks on the processor: about "));
  EXPECT_THAT(describe(load(MemoryMode::kStream).memory, "processor"), HasSubstr("layer by layer"));
}

}  // namespace
}  // namespace fude::pipelines
