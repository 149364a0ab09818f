#include "models/adapters/hypernetwork.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "tests/support/checkpoint_writer.h"
#include "tests/support/golden.h"
#include "tests/support/refusal.h"
#include "tests/support/temporary_folder.h"

namespace fude::models {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Entries = std::vector<std::pair<std::string, std::string>>;

namespace pickle = tests::pickle;

/// Writes hypernetworks as the web UI does: {width: (state of the keys' layers, state of the values'), ...}.
class HypernetworkFile : public ::testing::Test {
 protected:
  tests::TemporaryFolder folder_;
  std::vector<tests::StoredBytes> storages_;

  void SetUp() override { at::manual_seed(3); }

  std::string stored(const at::Tensor& tensor) {
    const std::string key = std::to_string(storages_.size());
    const at::Tensor flat = tensor.contiguous();
    storages_.push_back(
        {key, {static_cast<const char*>(flat.data_ptr()), static_cast<std::size_t>(flat.numel()) * 4}, flat.numel()});
    return pickle::tensor(pickle::storage("FloatStorage", key, flat.numel()), 0, flat.sizes().vec(),
                          flat.strides().vec());
  }

  std::string state(const std::map<std::string, at::Tensor>& tensors) {
    Entries entries;
    for (const auto& [name, tensor] : tensors) entries.emplace_back(name, stored(tensor));
    return pickle::ordered_dictionary(entries);
  }

  Hypernetwork read(Entries entries) {
    const auto path = folder_ / "hyper.pt";
    std::ofstream(path, std::ios::binary) << tests::zip_checkpoint(pickle::keyed_dictionary(entries), storages_);
    return Hypernetwork(io::TensorFile::open(path), at::kFloat);
  }

  // {6: (keys, values)} with one option more.
  Hypernetwork read(const std::map<std::string, at::Tensor>& keys, const std::map<std::string, at::Tensor>& values,
                    const Entries& more = {}) {
    Entries entries = {{pickle::integer(6), pickle::tuple({state(keys), state(values)})}};
    entries.insert(entries.end(), more.begin(), more.end());
    return read(entries);
  }
};

std::map<std::string, at::Tensor> two_layers() {
  return {{"linear.0.weight", at::randn({12, 6})},
          {"linear.0.bias", at::randn({12})},
          {"linear.2.weight", at::randn({6, 12})},
          {"linear.2.bias", at::randn({6})}};
}

at::Tensor expected_of(std::map<std::string, at::Tensor> layers, const at::Tensor& x, double strength, bool last) {
  at::Tensor h = at::relu(at::linear(x, layers["linear.0.weight"], layers["linear.0.bias"]));
  h = at::linear(h, layers["linear.2.weight"], layers["linear.2.bias"]);
  return x + strength * (last ? at::relu(h) : h);
}

TEST_F(HypernetworkFile, ChangesKeysAndValuesByTheirOwnLayers) {
  const auto keys = two_layers(), values = two_layers();
  const Hypernetwork network = read(keys, values,
                                    {{pickle::text("activation_func"), pickle::text("relu")},
                                     {pickle::text("activate_output"), pickle::boolean(false)},
                                     {pickle::text("layer_structure"), pickle::integers({1, 2, 1})}});
  EXPECT_THAT(network.widths(), ElementsAre(6));
  const at::Tensor x = at::randn({2, 3, 6});
  const auto [k, v] = network.apply(x, x, 0.7);
  EXPECT_TRUE(tests::close_to(k, expected_of(keys, x, 0.7, false), 1e-5));
  EXPECT_TRUE(tests::close_to(v, expected_of(values, x, 0.7, false), 1e-5));
  const at::Tensor other = at::randn({1, 3, 5});
  EXPECT_TRUE(at::equal(network.apply(other, other, 1).first, other));
}

TEST_F(HypernetworkFile, ActivatesTheOutputUnlessItSaysOtherwise) {
  const auto keys = two_layers();
  const Hypernetwork network = read(keys, two_layers(), {{pickle::text("activation_func"), pickle::text("relu")}});
  const at::Tensor x = at::randn({1, 3, 6});
  EXPECT_TRUE(tests::close_to(network.apply(x, x, 1).first, expected_of(keys, x, 1, true), 1e-5));
}

TEST_F(HypernetworkFile, NormalisesWhereAModuleIsANorm) {
  auto keys = two_layers();
  keys["linear.1.weight"] = at::randn({12});
  keys["linear.1.bias"] = at::randn({12});
  const Hypernetwork network = read(keys, two_layers());
  const at::Tensor x = at::randn({1, 3, 6});
  at::Tensor h = at::linear(x, keys["linear.0.weight"], keys["linear.0.bias"]);
  h = at::layer_norm(h, {12}, keys["linear.1.weight"], keys["linear.1.bias"], 1e-5);
  h = at::linear(h, keys["linear.2.weight"], keys["linear.2.bias"]);
  EXPECT_TRUE(tests::close_to(network.apply(x, x, 1).first, x + h, 1e-5));
}

TEST_F(HypernetworkFile, ReadsTheOldestNames) {
  std::map<std::string, at::Tensor> keys = {{"linear1.weight", at::randn({12, 6})},
                                            {"linear1.bias", at::randn({12})},
                                            {"linear2.weight", at::randn({6, 12})},
                                            {"linear2.bias", at::randn({6})}};
  const Hypernetwork network = read(keys, keys);
  const at::Tensor x = at::randn({1, 3, 6});
  const at::Tensor h = at::linear(x, keys["linear1.weight"], keys["linear1.bias"]);
  EXPECT_TRUE(tests::close_to(network.apply(x, x, 1).first,
                              x + at::linear(h, keys["linear2.weight"], keys["linear2.bias"]), 1e-5));
}

TEST_F(HypernetworkFile, RefusesWhatItCannotRun) {
  const auto refusal = [&](ErrorCode code, const std::map<std::string, at::Tensor>& keys, const Entries& more = {}) {
    return tests::refusal(code, [&] { read(keys, two_layers(), more); });
  };
  EXPECT_THAT(
      refusal(ErrorCode::kUnsupportedModel, two_layers(), {{pickle::text("activation_func"), pickle::text("prelu")}}),
      HasSubstr("activation 'prelu'"));
  auto broken = two_layers();
  broken["linear.2.weight"] = at::randn({6, 11});
  EXPECT_THAT(refusal(ErrorCode::kCorruptFile, broken), HasSubstr("shape [6, 11], expected [6, 12]"));
  broken = two_layers();
  broken.erase("linear.0.bias");
  EXPECT_THAT(refusal(ErrorCode::kCorruptFile, broken), HasSubstr("without bias"));
  broken = two_layers();
  broken["linear.2.weight"] = at::randn({5, 12});
  broken["linear.2.bias"] = at::randn({5});
  EXPECT_THAT(refusal(ErrorCode::kCorruptFile, broken), HasSubstr("turns 6 values into 5"));
  EXPECT_THAT(tests::refusal(ErrorCode::kUnsupportedModel,
                             [&] {
                               read(Entries{{pickle::text("x"), stored(at::randn({2}))}});
                             }),
              HasSubstr("expected a hypernetwork"));
}

}  // namespace
}  // namespace fude::models
