#include "io/checkpoint_tree.h"

#include <gmock/gmock.h>

#include <map>

#include "tests/support/checkpoint_writer.h"
#include "tests/support/refusal.h"

namespace fude::io {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
namespace pickle = tests::pickle;

/// Six floats under the key "0", and nothing else.
class SixFloats : public StorageSource {
 public:
  std::span<const std::byte> bytes(const StorageId& id) override {
    EXPECT_EQ(id.key, "0");
    EXPECT_EQ(id.element_count, 6U);
    return memory_;
  }

 private:
  std::vector<std::byte> memory_{24};
};

constexpr uint64_t kFileBytes = 1000;

std::string matrix() { return pickle::tensor(pickle::storage("FloatStorage", "0", 6), 0, {2, 3}, {3, 1}); }

TensorListing list(const std::string& root_value) {
  const std::string bytes = pickle::whole(root_value);
  SixFloats storages;
  return list_tensors(read_pickle(std::as_bytes(std::span(bytes)), "a.ckpt"), storages, kFileBytes, "a.ckpt");
}

std::string refusal(const std::string& root_value) {
  return tests::refusal(ErrorCode::kCorruptFile, [&] { list(root_value); });
}

std::vector<std::string> names(const TensorListing& listing) {
  std::vector<std::string> names;
  for (const auto& [name, record] : listing.tensors) names.push_back(name);
  return names;
}

TEST(ListTensors, JoinsTheKeysOfNestedDictionariesAndLists) {
  const std::string root = pickle::dictionary(
      {{"a", pickle::dictionary({{"b", matrix()}})}, {"list", pickle::list({pickle::integer(1), matrix()})}});
  EXPECT_THAT(names(list(root)), ElementsAre("a.b", "list.1"));
}

TEST(ListTensors, TakesTheStateDictAloneWhenThereIsOne) {
  const std::string root =
      pickle::dictionary({{"state_dict", pickle::dictionary({{"w", matrix()}})}, {"optimizer", matrix()}});
  EXPECT_THAT(names(list(root)), ElementsAre("w"));
}

TEST(ListTensors, KeepsNumbersAndTextsAsMetadata) {
  const TensorListing listing = list(pickle::dictionary({{"w", matrix()},
                                                         {"step", pickle::integer(-3)},
                                                         {"rate", pickle::number(0.5)},
                                                         {"name", pickle::text("me")},
                                                         {"is_done", pickle::boolean(true)},
                                                         {"nothing", pickle::none()}}));
  const std::map<std::string, std::string> expected = {
      {"is_done", "true"}, {"name", "me"}, {"rate", "0.5"}, {"step", "-3"}};
  EXPECT_EQ(listing.metadata, expected);
}

TEST(ListTensors, LeavesOutMetadataThatIsTooLong) {
  const TensorListing listing =
      list(pickle::dictionary({{"w", matrix()}, {"notes", pickle::text(std::string(100'000, 'x'))}}));
  EXPECT_THAT(names(listing), ElementsAre("w"));
  EXPECT_FALSE(listing.metadata.contains("notes"));
}

TEST(ListTensors, IgnoresKeysThatAreNeitherTextNorNumber) {
  const std::string odd_key = "}" + pickle::none() + matrix() + "s";  // {None: tensor}
  EXPECT_THAT(names(list(pickle::dictionary({{"odd", odd_key}, {"w", matrix()}}))), ElementsAre("w"));
}

TEST(ListTensors, RefusesNamesThatAreTooLong) {
  const std::string half(600, 'n');
  EXPECT_THAT(refusal(pickle::dictionary({{std::string(1025, 'n'), matrix()}})),
              HasSubstr("tensor name of 1025 bytes, expected at most 1024"));
  EXPECT_THAT(refusal(pickle::dictionary({{half, pickle::dictionary({{half, matrix()}})}})),
              HasSubstr("tensor name of 1201 bytes"));
}

TEST(ListTensors, DoesNotFollowNestingWithoutEnd) {
  std::string deep = matrix();
  for (int i = 0; i < 40; ++i) deep = pickle::dictionary({{"d", deep}});
  EXPECT_THAT(refusal(deep), HasSubstr("holds no tensors"));
}

TEST(ListTensors, RefusesAnObjectWhereAStateDictShouldHoldATensor) {
  const std::string call = pickle::call(pickle::global("os", "system"), pickle::tuple({pickle::text("echo")}));
  EXPECT_THAT(refusal(pickle::dictionary({{"state_dict", pickle::dictionary({{"w", matrix()}, {"evil", call}})}})),
              HasSubstr("entry 'evil' is an object of 'os.system' (which is never run), expected a tensor"));
}

TEST(ListTensors, RefusesTensorsRebuiltFromTooLittle) {
  const std::string rebuild = pickle::global("torch._utils", "_rebuild_tensor_v2");
  EXPECT_THAT(refusal(pickle::dictionary({{"w", pickle::call(rebuild, pickle::tuple({}))}})),
              HasSubstr("tensor 'w' is rebuilt from 0 values, expected more"));
  EXPECT_THAT(refusal(pickle::dictionary({{"w", pickle::call(rebuild, pickle::tuple({pickle::integer(1)}))}})),
              HasSubstr("tensor 'w' has no storage"));
}

TEST(ListTensors, RefusesAParameterWithoutATensor) {
  const std::string parameter =
      pickle::call(pickle::global("torch._utils", "_rebuild_parameter"), pickle::tuple({pickle::integer(1)}));
  EXPECT_THAT(refusal(pickle::dictionary({{"w", parameter}})), HasSubstr("tensor 'w' is a parameter without a tensor"));
}

StorageId storage_of(const std::string& storage) {
  const std::string bytes = pickle::whole(storage);
  const PickleTree tree = read_pickle(std::as_bytes(std::span(bytes)), "a.ckpt");
  return storage_id(tree, tree.root, "a.ckpt");
}

TEST(StorageIdOf, TellsTypeSizeAndView) {
  const StorageId whole = storage_of(pickle::storage("HalfStorage", "12", 7));
  EXPECT_EQ(whole.key, "12");
  EXPECT_EQ(whole.type_name, "F16");
  EXPECT_EQ(whole.element_bytes, 2U);
  EXPECT_EQ(whole.element_count, 7U);
  EXPECT_EQ(whole.view_count, 7U);
  const std::string view = pickle::tuple({pickle::text("12"), pickle::integer(2), pickle::integer(3)});
  const StorageId part = storage_of(pickle::storage("HalfStorage", "12", 7, view));
  EXPECT_EQ(part.view_begin, 2U);
  EXPECT_EQ(part.view_count, 3U);
}

TEST(StorageIdOf, RefusesWhatIsNoStorage) {
  const auto refused = [](const std::string& storage) {
    return tests::refusal(ErrorCode::kCorruptFile, [&] { storage_of(storage); });
  };
  EXPECT_THAT(refused(pickle::storage("QuantumStorage", "0", 1)),
              HasSubstr("storage of the unknown type 'torch.QuantumStorage'"));
  EXPECT_THAT(refused(pickle::storage("FloatStorage", "0", -1)), HasSubstr("a storage has no size"));
  EXPECT_THAT(refused(pickle::storage("FloatStorage", "0", 6, pickle::tuple({pickle::integer(1)}))),
              HasSubstr("storage '0' has a damaged view"));
  EXPECT_THAT(refused(pickle::storage("FloatStorage", "0", 6,
                                      pickle::tuple({pickle::text("0"), pickle::integer(7), pickle::integer(0)}))),
              HasSubstr("a view of elements 7+0, expected a part of its 6"));
  EXPECT_THAT(refused(pickle::tuple({pickle::text("module")}) + "Q"), HasSubstr("no storage"));
}

}  // namespace
}  // namespace fude::io
