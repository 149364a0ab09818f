#include "training/record_file.h"

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>

#include "tests/support/refusal.h"
#include "tests/support/temporary_folder.h"

namespace fude::training {
namespace {

class RecordFileTest : public testing::Test {
 protected:
  RecordFile prepare(std::int64_t count, const std::string& identity = "squares") {
    made_ = 0;
    return RecordFile::prepare(
        folder_ / "records", {.identity = identity, .count = count, .shape = {2}, .type = at::kFloat}, pool_,
        [this](std::int64_t i) {
          ++made_;
          return at::full({2}, static_cast<double>(i * i));
        },
        [this](std::int64_t, std::int64_t) { return goes_on_; });
  }

  tests::TemporaryFolder folder_;
  WorkerPool pool_{2};
  std::atomic<int> made_ = 0;
  bool goes_on_ = true;
};

TEST_F(RecordFileTest, MakesEachRecordOnceAndFindsItAgain) {
  EXPECT_EQ(prepare(100).records()[9][0].item<float>(), 81);
  EXPECT_EQ(made_, 100);
  EXPECT_EQ(prepare(100).records()[99][1].item<float>(), 9801);
  EXPECT_EQ(made_, 0);
}

TEST_F(RecordFileTest, GoesOnAfterAStopAndAfterAHalfWrittenRecord) {
  goes_on_ = false;
  tests::refusal(ErrorCode::kCancelled, [&] { prepare(200); });
  EXPECT_LT(made_, 200);
  goes_on_ = true;
  std::ofstream(folder_ / "records", std::ios::app | std::ios::binary) << "abc";
  const int before = made_;
  EXPECT_EQ(prepare(200).records()[150][0].item<float>(), 22500);
  EXPECT_EQ(made_ + before, 200);
}

TEST_F(RecordFileTest, TakesFewerThanItHasAndAddsMore) {
  prepare(70);
  EXPECT_EQ(prepare(5).records().size(0), 5);
  EXPECT_EQ(made_, 0);
  EXPECT_EQ(prepare(80).records()[79][0].item<float>(), 6241);
  EXPECT_EQ(made_, 10);
}

TEST_F(RecordFileTest, RefusesRecordsOfAnotherKind) {
  prepare(3);
  const std::string message = tests::refusal(ErrorCode::kInvalidArgument, [&] { prepare(3, "cubes"); });
  EXPECT_NE(message.find("squares"), std::string::npos) << message;
  EXPECT_NE(message.find("cubes"), std::string::npos) << message;
}

}  // namespace
}  // namespace fude::training
