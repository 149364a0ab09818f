#include "training/named_tensors.h"

#include <gtest/gtest.h>

#include "tests/support/refusal.h"
#include "training/initialisers.h"

namespace fude::training {
namespace {

using tests::refusal;

ParameterSource source() { return {default_initial_value, at::kCPU}; }

TEST(LoadParameters, NamesWhatIsMissingOrMisshapen) {
  ParameterSource parameters = source();
  parameters.take("a.weight", {2});
  EXPECT_NE(
      refusal(ErrorCode::kCorruptFile, [&] { load_parameters(parameters.parameters(), {}, ""); }).find("a.weight"),
      std::string::npos);
  const std::string message = refusal(ErrorCode::kCorruptFile, [&] {
    load_parameters(parameters.parameters(), {{"a.weight", at::zeros({3})}}, "");
  });
  EXPECT_NE(message.find("[3]"), std::string::npos) << message;
}

}  // namespace
}  // namespace fude::training
