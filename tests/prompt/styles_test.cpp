#include "prompt/styles.h"

#include <gmock/gmock.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "tests/support/temporary_folder.h"

namespace fude::prompt {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::string_view kMark = "\xEF\xBB\xBF";

const std::vector<Style> kStyles{
    {"quality", "best quality, {prompt}", "(low quality:1.4)"},
    {"night", "night, \"moon\"", ""},
    {"only negative", "", "blurry"},
    {"empty", "", ""},
};

TEST(ApplyStyleText, MatchesGolden) {
  std::ifstream file(FUDE_GOLDEN_DIR "/images/infotext.json");
  const auto golden = nlohmann::json::parse(file);
  for (const auto& expected : golden.at("styles")) {
    std::string text = expected.at("prompt");
    for (const auto& style : expected.at("styles")) text = apply_style_text(text, style.get<std::string>());
    EXPECT_EQ(text, expected.at("result").get<std::string>()) << expected;
  }
}

TEST(ParseStyles, ReadsQuotedFields) {
  const auto styles = parse_styles(std::string(kMark) +
                                   "name,prompt,negative_prompt\r\n"
                                   "a,\"x, \"\"y\"\"\nz\",n\r\n"
                                   "#divider,p,n\n"
                                   ",p,n\n"
                                   "\n"
                                   "b, 猫\n"
                                   "a,again,\"\"");
  EXPECT_THAT(styles, ElementsAre(Style{"a", "again", ""}, Style{"b", "猫", ""}));
  EXPECT_EQ(parse_styles("name,prompt\na,\"x, \"\"y\"\"\nz\"")[0].prompt, "x, \"y\"\nz");
}

TEST(ParseStyles, ReadsTheOldHeader) {
  EXPECT_THAT(parse_styles("name,text\na,b"), ElementsAre(Style{"a", "b", ""}));
  EXPECT_THAT(parse_styles("negative_prompt,prompt,name\nx,y,z"), ElementsAre(Style{"z", "y", "x"}));
}

TEST(ParseStyles, RefusesOtherFiles) {
  for (const char* text : {"", "a,b", "\n", "name\nx", "\"name,prompt"})
    EXPECT_THROW(parse_styles(text), Error) << text;
  EXPECT_THROW(parse_styles(std::string(kLargestStyles + 1, ' ')), Error);
}

TEST(ParseStyles, ReadsMegabytesOfQuotes) {
  for (const char* part : {"\"", "\"\"", ",", "\n", "\",\"", " "}) {
    std::string text = "name,prompt\na,";
    while (text.size() < (1 << 20)) text += part;
    EXPECT_LE(parse_styles(text).size(), 2u) << part;
  }
}

TEST(WriteStyles, WritesWhatIsRead) {
  const std::string csv = write_styles(kStyles);
  EXPECT_THAT(csv,
              HasSubstr(std::string(kMark) + "name,prompt,negative_prompt\r\nquality,\"best quality, {prompt}\","));
  EXPECT_THAT(csv, HasSubstr("night,\"night, \"\"moon\"\"\",\r\n"));
  EXPECT_EQ(parse_styles(csv), kStyles);
}

TEST(SaveStyles, KeepsTheFileBefore) {
  const tests::TemporaryFolder folder;
  const auto file = folder.path() / "styles.csv";
  save_styles(file, std::span(kStyles).first(1));
  EXPECT_FALSE(std::filesystem::exists(file.string() + ".bak"));
  save_styles(file, kStyles);
  EXPECT_EQ(load_styles(std::vector{file}), kStyles);
  EXPECT_EQ(load_styles(std::vector<std::filesystem::path>{file.string() + ".bak"}).size(), 1u);
}

TEST(LoadStyles, DividesSeveralFiles) {
  const tests::TemporaryFolder folder;
  std::ofstream(folder.path() / "a.csv") << "name,prompt\nx,1";
  std::ofstream(folder.path() / "b.csv") << "name,prompt\ny,2";
  std::ofstream(folder.path() / "c.txt") << "no styles";
  const auto styles = load_styles(std::vector{folder.path() / "*.csv", folder.path() / "missing.csv"});
  EXPECT_THAT(styles, ElementsAre(Style{"a.csv", "", "", true}, Style{"x", "1", ""}, Style{"b.csv", "", "", true},
                                  Style{"y", "2", ""}));
  EXPECT_THROW(load_styles(std::vector{folder.path() / "c.txt"}), Error);
}

TEST(ApplyStyles, AppliesByNameInOrder) {
  const auto words = apply_styles("a cat", "dog", std::vector<std::string>{"night", "None", "quality"}, kStyles);
  EXPECT_EQ(words,
            (StyledWords{"best quality, a cat, night, \"moon\"", "dog, (low quality:1.4)", {"night", "quality"}}));
}

TEST(ApplyStyles, NamesTheNearestStyle) {
  try {
    apply_styles("a", "", std::vector<std::string>{"nigth"}, kStyles);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kNotFound);
    EXPECT_THAT(error.what(), HasSubstr("did you mean 'night'"));
  }
}

TEST(ApplyStyles, RefusesPromptsThatGrowWithoutEnd) {
  const std::vector<Style> doubling{{"x", "{prompt}{prompt}{prompt}{prompt}", ""}};
  EXPECT_THROW(apply_styles("word", "", std::vector<std::string>(40, "x"), doubling), Error);
}

TEST(RecogniseStyles, UndoesApplying) {
  const std::vector<std::string> names{"night", "quality", "only negative"};
  const auto applied = apply_styles("a cat", "dog", names, kStyles);
  const auto found = recognise_styles(applied.prompt, applied.negative, kStyles);
  EXPECT_EQ(found.prompt, "a cat");
  EXPECT_EQ(found.negative, "dog");
  EXPECT_THAT(found.names, testing::UnorderedElementsAreArray(names));
  const auto again = apply_styles(found.prompt, found.negative, found.names, kStyles);
  EXPECT_EQ(again.prompt, applied.prompt);
  EXPECT_EQ(again.negative, applied.negative);
}

TEST(RecogniseStyles, NeedsBothPrompts) {
  EXPECT_EQ(recognise_styles("best quality, a cat", "", kStyles), (StyledWords{"best quality, a cat", "", {}}));
  EXPECT_EQ(recognise_styles("a", "b", {}), (StyledWords{"a", "b", {}}));
}

}  // namespace
}  // namespace fude::prompt
