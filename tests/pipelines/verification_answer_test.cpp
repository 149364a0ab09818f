#include "pipelines/verification_answer.h"

#include <gtest/gtest.h>

#include "core/error.h"

namespace fude::pipelines {
namespace {

TEST(Verdict, ComesBackFromItsName) {
  for (const Verdict verdict : {Verdict::kExact, Verdict::kWithin, Verdict::kDifferent, Verdict::kMissing}) {
    EXPECT_EQ(verdict_from(name_of(verdict)), verdict);
  }
  EXPECT_EQ(verdict_from("of another version"), Verdict::kMissing);
}

TEST(VerificationRequest, IsReadFromItsJson) {
  const VerificationRequest request = parse_verification_request(R"({"picture": 7, "within": 2})");
  EXPECT_EQ(request.picture, 7);
  EXPECT_EQ(request.within, 2);
  EXPECT_EQ(parse_verification_request(R"({"picture": 7})").within, 0);
  for (const char* wrong :
       {"", "[]", R"({"picture": "7"})", R"({"picture": -1})", R"({"picture": 1, "within": 256})"}) {
    EXPECT_THROW(parse_verification_request(wrong), Error) << wrong;
  }
}

}  // namespace
}  // namespace fude::pipelines
