#include "weights/travelling_weights.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "io/safetensors_writer.h"
#include "tests/support/temporary_folder.h"
#include "weights/state_dict.h"

namespace fude::weights {
namespace {

/// Three layers of a network, with weights of 400, 800 and 1200 bytes.
struct Network {
  explicit Network(const std::shared_ptr<DeviceRoom>& room, Residence residence)
      : weights(TravellingWeights::make(room, residence)) {
    for (int64_t i = 1; i <= 3; ++i) {
      numbers.push_back(at::rand({i * 100}));
      layers.push_back(weights->board(numbers.back()));
    }
  }

  /// Runs all layers; the most bytes that were on the device after any.
  std::int64_t run() const {
    std::int64_t most = 0;
    for (std::size_t i = 0; i < layers.size(); ++i) {
      EXPECT_TRUE(at::equal(layers[i](), numbers[i])) << i;
      most = std::max(most, weights->bytes_on_device());
    }
    return most;
  }

  std::shared_ptr<TravellingWeights> weights;
  std::vector<at::Tensor> numbers;
  std::vector<TravellingWeights::Supply> layers;
};

class TravellingWeightsTest : public ::testing::Test {
 protected:
  std::shared_ptr<DeviceRoom> room_ = std::make_shared<DeviceRoom>(at::kCPU);
};

TEST_F(TravellingWeightsTest, StaysWhereItIsHeld) {
  const Network network(room_, Residence::kHeld), other(room_, Residence::kSwapped);
  EXPECT_EQ(network.weights->bytes_on_device(), 2400);
  EXPECT_EQ(network.run(), 2400);
  other.run();
  EXPECT_EQ(network.weights->bytes_on_device(), 2400);
}

TEST_F(TravellingWeightsTest, ComesWholeWhenTheNetworkRunsAndLeavesWhenAnotherDoes) {
  const Network network(room_, Residence::kSwapped), other(room_, Residence::kHeld);
  EXPECT_EQ(network.weights->bytes_on_device(), 0);
  network.layers[0]();
  EXPECT_EQ(network.weights->bytes_on_device(), 2400);
  network.run();
  EXPECT_EQ(network.weights->bytes_on_device(), 2400);
  other.layers[0]();
  EXPECT_EQ(network.weights->bytes_on_device(), 0);
  EXPECT_EQ(network.run(), 2400);
}

TEST_F(TravellingWeightsTest, IsACopyWhereTheDeviceIsTheProcessorItself) {
  const Network network(room_, Residence::kSwapped);
  EXPECT_NE(network.layers[0]().data_ptr(), network.numbers[0].data_ptr());
}

TEST_F(TravellingWeightsTest, StreamsOneWeightAtATimeAndTheNextOneBesideIt) {
  const Network network(room_, Residence::kStreamed);
  EXPECT_EQ(network.run(), 0);                         // the first time, nobody knows what comes next
  EXPECT_EQ(network.run(), 1200);                      // what is on its way; a layer's own weight is the layer's
  EXPECT_EQ(network.weights->bytes_on_device(), 400);  // the first layer's, for the next pass
}

TEST_F(TravellingWeightsTest, StreamsRightWhereLayersArePassedOver) {
  const Network network(room_, Residence::kStreamed);
  network.run();
  for (const std::size_t i : {0U, 2U, 0U, 1U, 1U, 2U}) {
    EXPECT_TRUE(at::equal(network.layers[i](), network.numbers[i])) << i;
    EXPECT_LE(network.weights->bytes_on_device(), 1200);  // never more than one is on its way
  }
}

TEST_F(TravellingWeightsTest, LeavesNothingOnTheDeviceWhenAnotherNetworkRuns) {
  const Network network(room_, Residence::kStreamed), other(room_, Residence::kStreamed);
  network.run();
  network.run();
  EXPECT_GT(network.weights->bytes_on_device(), 0);
  other.run();
  EXPECT_EQ(network.weights->bytes_on_device(), 0);
}

TEST_F(TravellingWeightsTest, ForgetsAWeightThatItsLayerReplaced) {
  for (const Residence residence : {Residence::kHeld, Residence::kSwapped, Residence::kStreamed}) {
    Network network(room_, residence);
    network.run();
    network.numbers[1] = at::rand({50});
    network.layers[1] = network.weights->board(network.numbers[1]);
    EXPECT_LE(network.run(), 400 + 200 + 1200);
    EXPECT_LE(network.run(), 400 + 200 + 1200);
  }
}

TEST_F(TravellingWeightsTest, OutlivesItsRoomsOtherNetworks) {
  const Network network(room_, Residence::kSwapped);
  { Network(room_, Residence::kSwapped).run(); }
  network.run();
  EXPECT_EQ(network.weights->bytes_on_device(), 2400);
}

TEST_F(TravellingWeightsTest, CarriesWhatLiesBelowItsPrefix) {
  const tests::TemporaryFolder folder;
  io::write_safetensors(folder / "a.safetensors",
                        {{"unet.w", at::ones({2})}, {"unet.mid.w", at::ones({2})}, {"vae.w", at::ones({2})}});
  StateDict source(io::TensorFile::open(folder / "a.safetensors"), at::kFloat);
  const auto unet = TravellingWeights::make(room_, Residence::kSwapped);
  source.let_travel("unet.", unet);
  source.let_travel("unet.mid.", nullptr);
  std::vector<std::shared_ptr<TravellingWeights>> told;
  int asked = 0;
  for (const char* name : {"unet.w", "unet.mid.w", "vae.w"}) {
    source.keep(name, {2}, [&](const at::Tensor&, const std::optional<WeightLayout>& layout) {
      ++asked;
      told.push_back(layout->travelling);
    });
  }
  EXPECT_EQ(told, (std::vector<std::shared_ptr<TravellingWeights>>{unet, nullptr, nullptr}));
  LiveWeights live = source.live(std::vector<std::string_view>{""});
  live.set_patches({{"unet.w", {{.id = "more", .apply = [](at::Tensor x) { return x.add_(1); }}}}});
  EXPECT_EQ(asked, 4);
  EXPECT_EQ(told.back(), unet);
}

}  // namespace
}  // namespace fude::weights
