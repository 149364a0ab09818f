#include "pipelines/request_fields.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <set>
#include <vector>

#include "core/error.h"

namespace fude::pipelines {
namespace {

const RequestField& field(std::string_view name) {
  const RequestField* found = find_request_field(name);
  if (found == nullptr) found = find_setting(name);
  EXPECT_NE(found, nullptr) << name;
  return *found;
}

std::string refusal(std::string_view name, const FieldValue& value) {
  GenerationRequest request;
  try {
    set_field(request, field(name), value);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kInvalidArgument);
    return error.what();
  }
  return "accepted";
}

TEST(RequestFields, HaveOneRowForEachName) {
  std::set<std::string_view> names, settings, keys;
  for (const RequestField& row : request_fields()) {
    EXPECT_FALSE(row.title().empty());
    EXPECT_FALSE(row.help.empty()) << row.title();
    EXPECT_FALSE(row.help_ja.empty()) << row.title();
    if (!row.name.empty()) {
      EXPECT_TRUE(names.insert(row.name).second) << row.name;
    }
    if (!row.setting.empty()) {
      EXPECT_TRUE(settings.insert(row.setting).second) << row.setting;
    }
    if (!row.key.empty()) {
      EXPECT_TRUE(keys.insert(row.key).second) << row.key;
    }
  }
}

TEST(RequestFields, EveryDefaultIsInRange) {
  GenerationRequest request;
  for (const RequestField& row : request_fields()) {
    EXPECT_NO_THROW(set_field(request, row, field_value(request, row))) << row.title();
  }
}

TEST(SetField, StoresWhatFieldValueReads) {
  GenerationRequest request;
  set_field(request, field("steps"), std::int64_t{7});
  set_field(request, field("seed"), std::int64_t{1} << 62);
  set_field(request, field("eta"), 0.5);
  set_field(request, field("tiling"), true);
  set_field(request, field("prompt"), std::string("猫"));
  EXPECT_EQ(request.steps, 7);
  EXPECT_EQ(request.seed, std::int64_t{1} << 62);
  EXPECT_EQ(request.eta, 0.5);
  EXPECT_TRUE(request.tiling);
  EXPECT_EQ(field_value(request, field("prompt")), FieldValue(std::string("猫")));
}

TEST(SetField, NullClearsOptionalMembersOnly) {
  GenerationRequest request;
  request.eta = 0.5;
  request.steps = 7;
  set_field(request, field("eta"), std::monostate());
  set_field(request, field("steps"), std::monostate());
  EXPECT_EQ(request.eta, std::nullopt);
  EXPECT_EQ(request.steps, 7);
}

TEST(SetField, TakesNumbersWithoutFractionForWholeOnes) {
  GenerationRequest request;
  set_field(request, field("steps"), 12.0);
  set_field(request, field("cfg_scale"), std::int64_t{3});
  EXPECT_EQ(request.steps, 12);
  EXPECT_EQ(request.cfg_scale, 3.0);
}

TEST(SetField, RefusesWrongTypesByName) {
  EXPECT_EQ(refusal("steps", std::string("many")), "steps is 'many', expected 1..1000");
  EXPECT_EQ(refusal("steps", true), "steps is true, expected 1..1000");
  EXPECT_EQ(refusal("steps", 1.5), "steps is 1.5, expected 1..1000");
  EXPECT_EQ(refusal("prompt", std::int64_t{1}), "prompt is 1, expected a text");
  EXPECT_EQ(refusal("tiling", std::int64_t{1}), "tiling is 1, expected true or false");
}

TEST(SetField, RefusesValuesOutOfRange) {
  EXPECT_EQ(refusal("steps", std::int64_t{0}), "steps is 0, expected 1..1000");
  EXPECT_EQ(refusal("width", std::int64_t{100}), "width is 100, expected 64..8192, a multiple of 8");
  EXPECT_EQ(refusal("width", std::int64_t{-512}), "width is -512, expected 64..8192, a multiple of 8");
  EXPECT_EQ(refusal("height", std::int64_t{1} << 40), "height is 1099511627776, expected 64..8192, a multiple of 8");
  EXPECT_EQ(refusal("seed", std::int64_t{-2}), "seed is -2, expected a whole number of at least -1");
  EXPECT_EQ(refusal("cfg_scale", std::nan("")), "cfg_scale is nan, expected 0..100");
  EXPECT_EQ(refusal("cfg_scale", std::numeric_limits<double>::infinity()), "cfg_scale is inf, expected 0..100");
  EXPECT_EQ(refusal("steps", 1e300), "steps is 1e+300, expected 1..1000");
  EXPECT_EQ(refusal("seed", 9.3e18), "seed is 9.3e+18, expected a whole number of at least -1");
}

TEST(SetField, RefusesTextsThatAreTooLong) {
  EXPECT_EQ(refusal("prompt", std::string(100'001, 'a')), "prompt has 100001 bytes, expected at most 100000");
  EXPECT_EQ(refusal("refiner_checkpoint", std::string(4097, 'a')),
            "refiner_checkpoint has 4097 bytes, expected at most 4096");
  EXPECT_EQ(refusal("sampler_name", std::string(1 << 20, 'a')),
            "sampler_name has 1048576 bytes, expected at most 4096");
}

TEST(SetField, TakesChoicesInAnySpelling) {
  GenerationRequest request;
  set_field_text(request, field("emphasis"), "no-norm");
  set_field_text(request, field("randn_source"), "cpu");
  EXPECT_EQ(request.emphasis, "No norm");
  EXPECT_EQ(request.randn_source, "CPU");
  EXPECT_EQ(refusal("emphasis", std::string("orginal")),
            "emphasis is 'orginal', expected one of Original, No norm, Ignore, None, did you mean 'Original'?");
}

TEST(SetFieldText, ReadsEveryKind) {
  GenerationRequest request;
  set_field_text(request, field("steps"), "30");
  set_field_text(request, field("cfg_scale"), "6.5");
  set_field_text(request, field("tiling"), "True");
  set_field_text(request, field("eta"), "0");
  EXPECT_EQ(request.steps, 30);
  EXPECT_EQ(request.cfg_scale, 6.5);
  EXPECT_TRUE(request.tiling);
  EXPECT_EQ(request.eta, 0.0);
  EXPECT_THROW(set_field_text(request, field("steps"), "30x"), Error);
  EXPECT_THROW(set_field_text(request, field("steps"), ""), Error);
  EXPECT_THROW(set_field_text(request, field("cfg_scale"), "nan"), Error);
  EXPECT_THROW(set_field_text(request, field("tiling"), "maybe"), Error);
}

TEST(RequestFields, ExplainThemselvesWithoutFlags) {
  for (const RequestField& field : request_fields()) {
    EXPECT_EQ(field.help.find("--"), std::string_view::npos) << field.help;
    EXPECT_EQ(field.help_ja.find("--"), std::string_view::npos) << field.help_ja;
  }
}

TEST(DescribeRange, NamesBoundsAndDefault) {
  EXPECT_EQ(describe_range(field("steps")), "1..1000; default 20");
  EXPECT_EQ(describe_range(field("emphasis")), "one of Original, No norm, Ignore, None; default 'Original'");
  EXPECT_EQ(describe_range(field("prompt")), "");
}

}  // namespace
}  // namespace fude::pipelines
