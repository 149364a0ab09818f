#include "pipelines/upscale_request.h"

#include <gtest/gtest.h>

#include <set>

#include "core/error.h"

namespace fude::pipelines {
namespace {

TEST(UpscaleFields, HaveNamesOfTheirOwnAndHelp) {
  std::set<std::string_view> names;
  for (const UpscaleField& field : upscale_fields()) {
    EXPECT_TRUE(names.insert(field.name.empty() ? field.setting : field.name).second);
    EXPECT_FALSE(field.help.empty());
    EXPECT_FALSE(field.help_ja.empty());
  }
}

TEST(CheckUpscaleRequest, TakesDefaultsAndNamesWhatIsOutOfRange) {
  check(UpscaleRequest{});
  try {
    check(UpscaleRequest{.tile = -1});
    ADD_FAILURE() << "a tile of -1 was taken";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("ESRGAN_tile"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace fude::pipelines
