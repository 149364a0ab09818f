#include "pipelines/comparison/axes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"

namespace fude::pipelines::comparison {
namespace {

std::size_t place_of(const std::vector<const Axis*>& list, std::string_view label) {
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (list[i]->label == label) return i;
  }
  return list.size();
}

TEST(Axes, HaveTheWebUisPlaces) {
  const std::vector<const Axis*> text = axes_of_tab(/*is_image_to_image=*/false);
  EXPECT_EQ(place_of(text, "Nothing"), 0u);
  EXPECT_EQ(place_of(text, "Seed"), 1u);
  EXPECT_EQ(place_of(text, "Steps"), 4u);
  EXPECT_EQ(place_of(text, "Hires steps"), 5u);
  EXPECT_EQ(place_of(text, "CFG Scale"), 6u);
  EXPECT_EQ(place_of(text, "Prompt S/R"), 7u);
  EXPECT_EQ(place_of(text, "Sampler"), 9u);
  EXPECT_EQ(place_of(text, "Checkpoint name"), 11u);
  EXPECT_EQ(place_of(text, "Image CFG Scale"), text.size());
  const std::vector<const Axis*> image = axes_of_tab(/*is_image_to_image=*/true);
  EXPECT_EQ(place_of(image, "CFG Scale"), 5u);
  EXPECT_EQ(place_of(image, "Image CFG Scale"), 6u);
  EXPECT_EQ(place_of(image, "Sampler"), 9u);
  EXPECT_EQ(place_of(image, "Hires sampler"), image.size());
}

TEST(Axes, HoldEveryKnobOfTheRequestTable) {
  for (const RequestField& field : request_fields()) {
    EXPECT_TRUE(std::ranges::any_of(axes(), [&](const Axis& axis) { return axis.field == &field; })) << field.title();
    EXPECT_EQ(find_axis(field.title()).field, &field) << field.title();
  }
}

TEST(Axes, TakeTheirValuesKindFromTheMember) {
  EXPECT_EQ(find_axis("Steps").values, ValueKind::kWhole);
  EXPECT_EQ(find_axis("Seed").values, ValueKind::kWhole);
  EXPECT_EQ(find_axis("CFG Scale").values, ValueKind::kReal);
  EXPECT_EQ(find_axis("Eta").values, ValueKind::kReal);
  EXPECT_EQ(find_axis("Sampler").values, ValueKind::kText);
  EXPECT_EQ(find_axis("Tiling").values, ValueKind::kText);
}

TEST(FindAxis, TakesLabelsNamesSettingsKeysAndFlags) {
  EXPECT_EQ(find_axis("prompt s/r").effect, AxisEffect::kSearchReplace);
  EXPECT_EQ(find_axis("S/R").effect, AxisEffect::kSearchReplace);
  EXPECT_EQ(find_axis("cfg").label, "CFG Scale");
  EXPECT_EQ(find_axis("CLIP_stop_at_last_layers").label, "Clip skip");
  EXPECT_EQ(find_axis("NGMS").label, "Negative Guidance minimum sigma");
  EXPECT_EQ(find_axis("model").label, "Checkpoint name");
  EXPECT_EQ(find_axis("size").effect, AxisEffect::kSize);
  EXPECT_EQ(find_axis("sigma_min").label, "Schedule min sigma");
  EXPECT_EQ(find_axis("Sigma min").field->name, "s_tmin");
  EXPECT_EQ(find_axis("pag_scale").label, "PAG Scale");
}

TEST(FindAxis, NamesTheNearestForAnUnknownOne) {
  try {
    find_axis("Stesp");
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("Steps"));
  }
  EXPECT_THROW(find_axis(""), Error);
  EXPECT_THROW(find_axis("--"), Error);
}

TEST(Axes, RefuseKnobsThatAreNotHere) {
  const Axis missing{.label = "FP8 mode", .effect = AxisEffect::kUnavailable};
  EXPECT_THROW(require_available(missing), Error);
}

TEST(DescribeValues, SaysWhatMayBeWrittenForEveryAxis) {
  for (const Axis& axis : axes()) EXPECT_FALSE(describe_values(axis).empty()) << axis.label;
  EXPECT_EQ(describe_values(find_axis("Steps")), "whole numbers; 1..1000; default 20");
  EXPECT_THAT(describe_values(find_axis("Tiling")), testing::StartsWith("true, false"));
}

}  // namespace
}  // namespace fude::pipelines::comparison
