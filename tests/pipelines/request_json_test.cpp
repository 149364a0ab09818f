#include "pipelines/request_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "pipelines/request_fields.h"
#include "tests/support/refusal.h"

namespace fude::pipelines {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::StartsWith;

std::string refusal(const std::string& json, ErrorCode code = ErrorCode::kInvalidArgument) {
  try {
    parse_request(json);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), code) << error.what();
    return error.what();
  }
  return "accepted";
}

TEST(ParseRequest, HasTheApiDefaults) {
  const GenerationRequest request = parse_request("{}").request;
  EXPECT_EQ(request.steps, 50);
  EXPECT_EQ(request.sampler, "Euler");
  EXPECT_EQ(request.width, 512);
}

TEST(ParseRequest, ReadsMembersAndSettings) {
  const ParsedRequest parsed = parse_request(R"({
      "prompt": "猫", "steps": 8, "cfg_scale": 7, "sampler_name": "Euler a", "scheduler": null, "eta": 0.5,
      "n_iter": 2, "s_noise": 1.01, "override_settings": {"s_noise": 1.5, "CLIP_stop_at_last_layers": 2}})");
  EXPECT_THAT(parsed.warnings, IsEmpty());
  EXPECT_EQ(parsed.request.prompt, "猫");
  EXPECT_EQ(parsed.request.steps, 8);
  EXPECT_EQ(parsed.request.batch_count, 2);
  EXPECT_EQ(parsed.request.scheduler, "Automatic");
  EXPECT_EQ(parsed.request.s_noise, 1.01);  // the body's own member wins over the setting
  EXPECT_EQ(parsed.request.clip_skip, 2);
  EXPECT_EQ(parsed.request.eta, 0.5);
}

// What the common Python client sends with every request.
TEST(ParseRequest, TakesWhatClientsSend) {
  const ParsedRequest parsed = parse_request(R"({
      "enable_hr": false, "hr_scale": 2, "hr_upscaler": "Latent", "hr_second_pass_steps": 0, "hr_resize_x": 0,
      "hr_resize_y": 0, "hr_checkpoint_name": null, "hr_sampler_name": null, "hr_scheduler": null, "hr_prompt": "",
      "hr_negative_prompt": "", "denoising_strength": 0.7, "firstphase_width": 0, "firstphase_height": 0,
      "prompt": "cat", "styles": [], "seed": -1, "subseed": -1, "subseed_strength": 0.0, "seed_resize_from_h": 0,
      "seed_resize_from_w": 0, "batch_size": 1, "n_iter": 1, "steps": 20, "cfg_scale": 7.0, "width": 512,
      "height": 512, "restore_faces": false, "tiling": false, "do_not_save_samples": false,
      "do_not_save_grid": false, "negative_prompt": "", "eta": 1.0, "s_churn": 0, "s_tmax": 0, "s_tmin": 0,
      "s_noise": 1, "override_settings": {}, "override_settings_restore_afterwards": true, "script_args": [],
      "script_name": null, "send_images": true, "save_images": false, "alwayson_scripts": {},
      "sampler_name": "Euler a", "scheduler": "automatic", "use_deprecated_controlnet": false,
      "sampler_index": "Euler a"})");
  EXPECT_THAT(parsed.warnings, ElementsAre("unknown member 'use_deprecated_controlnet' is ignored"));
  GenerationRequest request = parsed.request;
  normalise(request);
  EXPECT_EQ(request.sampler, "Euler a");
  EXPECT_EQ(request.scheduler, "Automatic");
}

TEST(ParseRequest, TakesNamesOfStyles) {
  EXPECT_THAT(parse_request(R"({"styles": ["a", "b"]})").request.styles, ElementsAre("a", "b"));
  EXPECT_THAT(parse_request(R"({"styles": null})").request.styles, IsEmpty());
  EXPECT_THAT(refusal(R"({"styles": "a"})"), StartsWith("styles is"));
  EXPECT_THAT(refusal(R"({"styles": [1]})"), StartsWith("styles is"));
}

TEST(ParseRequest, DrawsNewWordsButNoStoredOnes) {
  EXPECT_TRUE(parse_request("{}").request.dynamic_prompts);
  const std::string stored = R"("infotext": "a\nSteps: 5, Seed: 1, Size: 64x64, Template: {a|b}")";
  EXPECT_FALSE(parse_request("{" + stored + "}").request.dynamic_prompts);
  EXPECT_EQ(parse_request("{" + stored + "}").request.prompt_template, "{a|b}");
  const GenerationRequest renewed = parse_request("{" + stored + R"(, "prompt": "{c|d}"})").request;
  EXPECT_TRUE(renewed.dynamic_prompts);
  EXPECT_EQ(renewed.prompt_template, "");
}

TEST(ParseRequest, TakesTheOlderNameOfTheSampler) {
  EXPECT_EQ(parse_request(R"({"sampler_index": "DDIM"})").request.sampler, "DDIM");
  EXPECT_EQ(parse_request(R"({"sampler_index": "DDIM", "sampler_name": "LMS"})").request.sampler, "LMS");
  EXPECT_EQ(parse_request(R"({"sampler_index": "DDIM", "sampler_name": null})").request.sampler, "DDIM");
}

TEST(ParseRequest, StartsFromInfotextWhenGiven) {
  const GenerationRequest request =
      parse_request(R"({"infotext": "a cat\nSteps: 9, Seed: 3, Sampler: LMS", "steps": 4})").request;
  EXPECT_EQ(request.prompt, "a cat");
  EXPECT_EQ(request.seed, 3);
  EXPECT_EQ(request.steps, 4);
  EXPECT_EQ(request.width, 512);
}

TEST(ParseRequest, WarnsOfUnknownMembers) {
  EXPECT_THAT(parse_request(R"({"stpes": 3})").warnings,
              ElementsAre("unknown member 'stpes' is ignored, did you mean 'steps'?"));
}

TEST(ParseRequest, RefusesWorkThatIsNotDoneYet) {
  EXPECT_THAT(refusal(R"({"script_name": "X/Y/Z plot"})"), StartsWith("script_name asks"));
}

TEST(ParseRequest, TakesSeedsAsTextInAllTheirDigits) {
  EXPECT_EQ(parse_request(R"({"seed": "9007199254740993"})").request.seed, 9007199254740993);
  EXPECT_EQ(parse_request(R"({"subseed": "-1"})").request.subseed, -1);
  EXPECT_EQ(refusal(R"({"seed": "7x"})"), "seed is '7x', expected a whole number of at least -1");
  EXPECT_EQ(refusal(R"({"seed": "-2"})"), "seed is -2, expected a whole number of at least -1");
}

TEST(ParseRequest, RefusesWrongTypesAndRangesByName) {
  EXPECT_EQ(refusal(R"({"steps": "20"})"), "steps is '20', expected 1..1000");
  EXPECT_EQ(refusal(R"({"steps": []})"), "steps is a JSON array, expected one value");
  EXPECT_EQ(refusal(R"({"width": -64})"), "width is -64, expected 64..8192, a multiple of 8");
  EXPECT_EQ(refusal(R"({"seed": 18446744073709551615})"),
            "seed is 1.8446744073709552e+19, expected a whole number of at least -1");
  EXPECT_EQ(refusal(R"({"prompt": 5})"), "prompt is 5, expected a text");
  EXPECT_EQ(refusal(R"({"override_settings": []})"), "override_settings is a JSON array, expected an object");
  EXPECT_EQ(refusal(R"({"override_settings": {"rh": 1}})"), "unknown setting 'rh', did you mean 'rho'?");
}

TEST(ParseRequest, RefusesMoreMembersThanAnybodyNeeds) {
  std::string members = R"("m0": 0)";
  for (int i = 1; i <= 1000; ++i) members += fmt::format(R"(, "m{}": 0)", i);
  EXPECT_EQ(refusal("{" + members + "}"), "request has 1001 members, expected at most 1000");
  EXPECT_EQ(refusal(R"({"override_settings": {)" + members + "}}"),
            "override_settings has 1001 members, expected at most 1000");
}

TEST(ParseRequest, RefusesWhatIsNoJsonObject) {
  for (const char* text :
       {"", "{", "[]", "5", "{\"steps\": NaN}", "{\"cfg_scale\": 1e999}", "{\"prompt\": \"\xFF\"}"}) {
    EXPECT_THAT(refusal(text, ErrorCode::kCorruptFile), StartsWith("request ")) << text;
  }
  EXPECT_THAT(refusal(std::string(100000, '['), ErrorCode::kCorruptFile), StartsWith("request is nested"));
  EXPECT_THAT(refusal(std::string(kLongestRequest + 1, ' '), ErrorCode::kCorruptFile), StartsWith("request has"));
}

TEST(ParseRequest, TakesPicturesInBase64) {
  const SourcePictures sources =
      parse_request(R"({"init_images": ["data:image/png;base64,Y2F0", "ZG9n"], "mask": "Y2F0", "latent_mask": null})")
          .request.sources;
  ASSERT_EQ(sources.init_images.size(), 2u);
  EXPECT_EQ(*sources.init_images[0], "cat");
  EXPECT_EQ(*sources.init_images[1], "dog");
  EXPECT_EQ(*sources.mask, "cat");
  EXPECT_FALSE(sources.latent_mask);
  GenerationRequest request;
  request.sources = sources;
  const SourcePictures again = parse_request(request_to_json(request)).request.sources;
  EXPECT_EQ(*again.init_images.at(1), "dog");
  EXPECT_EQ(*again.mask, "cat");
}

TEST(ParseRequest, RefusesWhatIsNoPictureInBase64) {
  EXPECT_THAT(refusal(R"({"mask": ["x"]})"), StartsWith("mask is a JSON array"));
  EXPECT_THAT(refusal(R"({"mask": "http://a/b.png"})"), StartsWith("mask is 'http://a/b.png', expected a picture"));
  EXPECT_THAT(refusal(R"({"init_images": "x"})"), StartsWith("init_images is a JSON string, expected a list"));
}

TEST(ParseRequest, TakesHowAPictureIsToGrow) {
  const auto outpainting =
      parse_request(R"({"outpaint": {"left": true, "pixels": 64, "mask_blur": null, "fall_off": 2}})").outpainting;
  ASSERT_TRUE(outpainting);
  EXPECT_TRUE(outpainting->left);
  EXPECT_FALSE(outpainting->right || outpainting->up || outpainting->down);
  EXPECT_EQ(outpainting->pixels, 64);
  EXPECT_EQ(outpainting->mask_blur, Outpainting().mask_blur);
  EXPECT_EQ(outpainting->fall_off, 2);
  EXPECT_FALSE(parse_request(R"({"outpaint": null})").outpainting);
  EXPECT_THAT(refusal(R"({"outpaint": "left"})"), StartsWith("outpaint is a JSON string"));
  EXPECT_THAT(refusal(R"({"outpaint": {"left": 1}})"), StartsWith("outpaint.left is a JSON number"));
  EXPECT_THAT(refusal(R"({"outpaint": {"pixels": 1e300}})"), StartsWith("outpaint.pixels is a JSON number"));
}

TEST(ParseRequest, TakesHowPicturesAreFedBack) {
  const auto loopback =
      parse_request(R"({"loopback": {"loops": 7, "final_strength": null, "curve": "Lazy"}})").loopback;
  EXPECT_EQ(loopback, (Loopback{.loops = 7, .curve = "Lazy"}));
  EXPECT_EQ(parse_request(request_to_json(GenerationRequest(), {}, loopback)).loopback, loopback);
  EXPECT_FALSE(parse_request(request_to_json(GenerationRequest())).loopback);
  EXPECT_FALSE(parse_request(R"({"loopback": null})").loopback);
  EXPECT_THAT(refusal(R"({"loopback": 4})"), StartsWith("loopback is a JSON number"));
  EXPECT_THAT(refusal(R"({"loopback": {"loops": 2.5}})"), StartsWith("loopback.loops is a JSON number"));
  EXPECT_THAT(refusal(R"({"loopback": {"curve": true}})"), StartsWith("loopback.curve is a JSON boolean"));
}

TEST(ParseRequest, SpecialWorkIsRefusedWhereNobodyDoesIt) {
  const auto refused = [](std::string_view json) {
    return tests::refusal(ErrorCode::kInvalidArgument,
                          [&] { refuse_special_work(parse_request(json), "a folder job"); });
  };
  EXPECT_EQ(refused(R"({"outpaint": {"left": true}})"), "outpaint is given for a folder job, which takes none");
  EXPECT_EQ(refused(R"({"loopback": {"loops": 2}})"), "loopback is given for a folder job, which takes none");
  refuse_special_work(parse_request(R"({"prompt": "cat"})"), "a folder job");
}

TEST(ParseRequest, HasTheDefaultsOfImg2Img) {
  const GenerationRequest request = parse_request("{}").request;
  EXPECT_EQ(request.denoising_strength, 0.75);
  EXPECT_EQ(request.inpainting_fill, 0);
  EXPECT_TRUE(request.inpaint_full_res);
  EXPECT_EQ(request.inpaint_full_res_padding, 0);
  EXPECT_TRUE(parse_request(R"({"inpainting_mask_invert": 1})").request.inpainting_mask_invert);
}

TEST(ParseRequest, RefusesNulInPrompts) {
  GenerationRequest request = parse_request(R"({"prompt": "a\u0000b"})").request;
  EXPECT_THROW(normalise(request), Error);
}

// Another value than the default, of the right kind and within the row's range.
FieldValue other_value(const RequestField& field, const FieldValue& value) {
  if (!field.choices.empty()) return std::string(field.choices.back());
  if (const auto* flag = std::get_if<bool>(&value)) return !*flag;
  if (std::holds_alternative<std::string>(value)) return std::string("\"空\" \\ " + std::string(field.title()));
  if (field.maximum == kAnySeed) return std::int64_t{9007199254740993};  // no double
  if (std::holds_alternative<std::int64_t>(value)) return static_cast<std::int64_t>(field.maximum);
  return field.minimum + (field.maximum - field.minimum) / 3;
}

TEST(RequestToJson, SaysEveryKnobWhateverTheBase) {
  GenerationRequest request;
  for (const RequestField& field : request_fields()) {
    set_field(request, field, other_value(field, field_value(request, field)));
  }
  request.styles = {"a", "b, c"};
  request.prompt_template = "{x|y}";
  request.negative_template = "__z__";
  request.lora_hashes = "n: 0123";
  request.extra = {{"Z", "1"}, {"A", "2, 3"}};
  const std::string body = request_to_json(request);
  const ParsedRequest parsed = parse_request(body);
  EXPECT_THAT(parsed.warnings, IsEmpty());
  EXPECT_EQ(request_to_json(parsed.request), body);
  for (const RequestField& field : request_fields()) {
    EXPECT_EQ(field_value(parsed.request, field), field_value(request, field)) << field.title();
  }
  EXPECT_EQ(parsed.request.styles, request.styles);
  EXPECT_EQ(parsed.request.extra, request.extra);
  EXPECT_EQ(parsed.request.prompt_template, "{x|y}");
  EXPECT_EQ(parsed.request.negative_template, "__z__");
  EXPECT_EQ(parsed.request.lora_hashes, "n: 0123");
  // The plain one, read over the other.
  const GenerationRequest plain = parse_request(request_to_json({}), request).request;
  for (const RequestField& field : request_fields()) {
    EXPECT_EQ(field_value(plain, field), field_value({}, field)) << field.title();
  }
}

TEST(ParseRequest, TakesWhatIsAbsentFromTheBase) {
  GenerationRequest base;
  base.steps = 7;
  base.clip_skip = 2;
  const GenerationRequest request = parse_request(R"({"cfg_scale": 3})", base).request;
  EXPECT_EQ(request.steps, 7);
  EXPECT_EQ(request.clip_skip, 2);
  EXPECT_EQ(request.cfg_scale, 3);
}

TEST(ParseRequest, RefusesExtraTextThatIsNoListOfPairs) {
  EXPECT_THAT(refusal(R"({"extra_text": [["a"]]})"), StartsWith("extra_text is a JSON array"));
  EXPECT_THAT(refusal(R"({"extra_text": {"a": "b"}})"), StartsWith("extra_text is a JSON object"));
  EXPECT_THAT(refusal(R"({"prompt_template": 5})"), StartsWith("prompt_template is a JSON number"));
}

TEST(RequestToJson, KeepsTheSettingsOfSavingBeside) {
  const ParsedRequest parsed =
      parse_request(R"({"override_settings": {"samples_format": "jpg", "jpeg_quality": 90, "grid_save": null}})");
  const SavingTexts wanted{{"jpeg_quality", "90"}, {"samples_format", "jpg"}};
  EXPECT_EQ(parsed.saving, wanted);
  EXPECT_TRUE(parsed.warnings.empty());
  EXPECT_EQ(parse_request(request_to_json(parsed.request, parsed.saving)).saving, wanted);
  EXPECT_TRUE(parse_request(request_to_json(parsed.request)).saving.empty());
  EXPECT_THROW(parse_request(R"({"override_settings": {"samples_format": ["jpg"]}})"), Error);
}

}  // namespace
}  // namespace fude::pipelines
