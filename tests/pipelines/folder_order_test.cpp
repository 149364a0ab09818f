#include "pipelines/folder_order.h"

#include <gmock/gmock.h>

#include "pipelines/request_json.h"
#include "tests/support/refusal.h"

namespace fude::pipelines {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(FolderOrder, ComesBackAsItWas) {
  const FolderOrder order = parse_folder_order(
      R"({"folder": "inputs/a", "output": "b", "masks": "inputs/m", "texts": "inputs/t", "reuse": ["prompt", "seed"],
          "request": {"prompt": "a cat", "seed": 5, "denoising_strength": 0.4}})",
      api_request());
  EXPECT_EQ(order.request.denoising_strength, 0.4);
  EXPECT_EQ(order.request.width, 0) << "the size of each picture";
  const FolderOrder again = parse_folder_order(to_json(order), GenerationRequest());
  EXPECT_EQ(again.folder, "inputs/a");
  EXPECT_EQ(again.output, "b");
  EXPECT_EQ(again.masks, "inputs/m");
  EXPECT_EQ(again.texts, "inputs/t");
  EXPECT_THAT(again.reused, ElementsAre("prompt", "seed"));
  EXPECT_EQ(request_to_json(again.request), request_to_json(order.request));
}

TEST(FolderOrder, RefusesWhatItWouldNotDo) {
  for (const char* member : {"outpaint", "loopback"}) {
    const std::string body =
        fmt::format(R"({{"folder": "inputs/a", "request": {{"{}": {{"pixels": 8, "loops": 2}}}}}})", member);
    EXPECT_THAT(tests::refusal(ErrorCode::kInvalidArgument, [&] { parse_folder_order(body, {}); }), HasSubstr(member));
  }
}

TEST(FolderOrder, MaySayASize) {
  EXPECT_EQ(parse_folder_order(R"({"folder": "inputs/a", "request": {"width": 640, "height": 512}})", {}).request.width,
            640);
}

TEST(FolderOrder, TellsWhatWasIgnored) {
  std::vector<std::string> warnings;
  parse_folder_order(R"({"folder": "inputs/a", "request": {"no_such_knob": 1}})", {}, &warnings);
  EXPECT_THAT(warnings, ElementsAre(HasSubstr("no_such_knob")));
}

TEST(FolderOrder, RefusesWhatIsNotMeant) {
  const auto refusal = [](std::string_view text) {
    return tests::refusal(ErrorCode::kInvalidArgument, [&] { parse_folder_order(text, {}); });
  };
  EXPECT_THAT(refusal("{}"), HasSubstr("folder is empty"));
  EXPECT_THAT(refusal(R"({"folder": 5})"), HasSubstr("folder is a JSON number"));
  EXPECT_THAT(refusal(R"({"folder": "a", "mask": "b"})"), HasSubstr("did you mean 'masks'"));
  EXPECT_THAT(refusal(R"({"folder": "a", "reuse": "seed"})"), HasSubstr("a list of words"));
  EXPECT_THAT(refusal(R"({"folder": "a", "reuse": ["sed"]})"), HasSubstr("did you mean 'seed'"));
  EXPECT_THAT(refusal(R"({"folder": "a", "request": {"steps": "many"}})"), HasSubstr("steps"));
  EXPECT_THAT(tests::refusal(ErrorCode::kCorruptFile, [] { parse_folder_order("[]", {}); }), HasSubstr("JSON object"));
}

}  // namespace
}  // namespace fude::pipelines
