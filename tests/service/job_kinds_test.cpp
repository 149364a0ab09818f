#include "service/job_kinds.h"

#include <gmock/gmock.h>

#include "tests/support/refusal.h"

namespace fude::service {
namespace {

TEST(RequireKind, KnowsItsKinds) {
  EXPECT_NO_THROW(require_kind("txt2img"));
  EXPECT_NO_THROW(require_kind("merge"));
  EXPECT_THAT(tests::refusal(ErrorCode::kInvalidArgument, [] { require_kind("video"); }),
              testing::HasSubstr("job kind 'video' is not known to this version"));
}

}  // namespace
}  // namespace fude::service
