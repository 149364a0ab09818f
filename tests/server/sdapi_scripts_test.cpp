#include "server/sdapi_scripts.h"

#include <gmock/gmock.h>

#include "core/base64.h"
#include "io/images/png_file.h"
#include "server/sent_picture.h"
#include "service/gallery.h"
#include "tests/server/studio_routes.h"

namespace fude::server {
namespace {

using testing::HasSubstr;

const std::string kRoute = "/sdapi/v1/txt2img";

class SdapiScripts : public StudioRoutes {
 protected:
  Json body(const std::string& script, const Json& arguments, const Json& members = Json::object()) const {
    Json body{{"prompt", "girl"},
              {"steps", 1},
              {"width", 64},
              {"height", 64},
              {"seed", 5},
              {"sampler_name", "Euler"},
              {"script_name", script},
              {"script_args", arguments}};
    body.update(members);
    return body;
  }

  // X, Y and Z as [type, text], then the rest of the arguments.
  static Json plot_arguments(const Json& x, const Json& y, const Json& z, const Json& rest = Json::array()) {
    Json list = Json::array();
    for (const Json& axis : {x, y, z}) {
      list.push_back(axis[0]);
      list.push_back(axis[1]);
      list.push_back(Json::array());
    }
    for (const Json& argument : rest) list.push_back(argument);
    return list;
  }

  static io::Image picture(const Json& answer, std::size_t index) {
    const std::string bytes = *base64_decode(answer["images"].at(index).get<std::string>());
    return io::decode_png(std::as_bytes(std::span(bytes)));
  }

  static Json info(const Json& answer) { return Json::parse(answer["info"].get<std::string>()); }
};

const Json kNothing = Json::array({0, ""});

TEST_F(SdapiScripts, APlotAnswersWithItsGrid) {
  const Json answer =
      post(kRoute, body("X/Y/Z Plot", plot_arguments({4, "1-3 (+1)"}, {9, "Euler,LMS"}, kNothing, {false})));
  ASSERT_EQ(answer["images"].size(), 1u);
  EXPECT_EQ(picture(answer, 0).width, 3 * 64);
  EXPECT_EQ(picture(answer, 0).height, 2 * 64);
  const Json told = info(answer);
  EXPECT_EQ(told["index_of_first_image"], 1);
  EXPECT_THAT(told["infotexts"][0].get<std::string>(),
              HasSubstr("Script: X/Y/Z plot, X Type: Steps, X Values: 1-3 (+1), Y Type: Sampler"));
  EXPECT_EQ(text_of_sent_picture(answer["images"][0].get<std::string>()).infotext, told["infotexts"][0]);
}

TEST_F(SdapiScripts, APlotSendsLonePicturesAndSubGridsWhenAsked) {
  const Json answer =
      post(kRoute, body("x/y/z plot", plot_arguments({"Steps", "1,2"}, kNothing, {1, "5,6"}, {false, true, true})));
  ASSERT_EQ(answer["images"].size(), 1u + 2u + 4u);
  EXPECT_EQ(picture(answer, 0).width, 4 * 64);
  EXPECT_EQ(picture(answer, 1).width, 2 * 64);
  EXPECT_EQ(picture(answer, 6).width, 64);
  EXPECT_EQ(info(answer)["index_of_first_image"], 3);
}

TEST_F(SdapiScripts, DropDownsGoBeforeTextUnlessAllIsText) {
  Json arguments = plot_arguments({9, "Euler,LMS,Heun"}, kNothing, kNothing, {false});
  arguments[2] = {"Euler", "LMS"};
  EXPECT_EQ(picture(post(kRoute, body("x/y/z plot", arguments)), 0).width, 2 * 64);
  Json with_text = plot_arguments({9, "Euler,LMS,Heun"}, kNothing, kNothing,
                                  {false, false, false, false, false, false, false, 0, true});
  with_text[2] = {"Euler", "LMS"};
  EXPECT_EQ(picture(post(kRoute, body("x/y/z plot", with_text)), 0).width, 3 * 64);
}

TEST_F(SdapiScripts, SavesPicturesAndGridsWhenAsked) {
  post(kRoute, body("x/y/z plot", plot_arguments({4, "1,2"}, kNothing, kNothing), {{"save_images", true}}));
  EXPECT_EQ(studio_->gallery().search({}).total, 2);
  int grids = 0, indices = 0;
  const auto folder = studio_->outputs_folder() / "txt2img-grids";
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    grids += entry.path().filename() == "xyz_grid-0000-5.png";
    indices += entry.path().filename() == "xyz_grid-0000-5.json";
  }
  EXPECT_EQ(grids, 1);
  EXPECT_EQ(indices, 1);
}

TEST_F(SdapiScripts, AMatrixAnswersWithItsGridAndAllPictures) {
  const Json answer =
      post(kRoute, body("Prompt matrix", {false, true, "positive", "comma", 4}, {{"prompt", "girl|sky|hat"}}));
  ASSERT_EQ(answer["images"].size(), 5u);
  const Json told = info(answer);
  EXPECT_EQ(told["all_prompts"], Json({"girl", "girl", "girl, sky", "girl, hat", "girl, sky, hat"}));
  EXPECT_EQ(told["all_seeds"], Json({5, 5, 6, 7, 8}));
  EXPECT_EQ(told["index_of_first_image"], 1);
}

TEST_F(SdapiScripts, LinesMakeAPictureEach) {
  const std::string lines = "a\n--prompt b --steps 2 --seed 9\n";
  const Json answer = post(kRoute, body("Prompts from file or textbox", {true, false, "end", lines, true}));
  ASSERT_EQ(answer["images"].size(), 3u);
  const Json told = info(answer);
  EXPECT_EQ(told["all_prompts"], Json({"girl a", "girl a", "girl b"}));
  EXPECT_EQ(told["all_seeds"], Json({5, 5, 9}));
  EXPECT_EQ(post(kRoute, body("prompts from file or textbox", {false, false, "start", "a"}))["images"].size(), 1u);
}

TEST_F(SdapiScripts, HaveTheFormatThatIsAskedFor) {
  const Json answer = post(kRoute, body("x/y/z plot", plot_arguments({4, "1,2"}, kNothing, kNothing, {false, true}),
                                        {{"override_settings", {{"samples_format", "jpg"}}}}));
  ASSERT_EQ(answer["images"].size(), 3u);
  for (const Json& image : answer["images"]) {
    EXPECT_EQ(base64_decode(image.get<std::string>())->substr(0, 2), "\xFF\xD8");
  }
}

TEST_F(SdapiScripts, SaveTheirGridsInTheFormatOfGrids) {
  const Json answer = post(kRoute, body("x/y/z plot", plot_arguments({4, "1,2"}, kNothing, kNothing),
                                        {{"save_images", true}, {"override_settings", {{"grid_format", "webp"}}}}));
  EXPECT_EQ(picture(answer, 0).width, 2 * 64) << "the answer's is PNG, as pictures are";
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(studio_->outputs_folder() / "txt2img-grids")) {
    if (entry.is_regular_file()) names.push_back(entry.path().filename().string());
  }
  EXPECT_THAT(names, testing::UnorderedElementsAre("xyz_grid-0000-5.webp", "xyz_grid-0000-5.json"));
}

TEST_F(SdapiScripts, AreListedWithTheirArguments) {
  const Json titles = get("/sdapi/v1/scripts");
  EXPECT_EQ(titles["txt2img"], Json({"prompt matrix", "prompts from file or textbox", "x/y/z plot"}));
  const Json list = get("/sdapi/v1/script-info");
  ASSERT_EQ(list.size(), titles["txt2img"].size() + titles["img2img"].size());
  EXPECT_EQ(list[3 + 2]["is_img2img"], true);
  EXPECT_EQ(list[3 + 2]["args"][0]["choices"][5], "CFG Scale") << "hires fix has no axes there";
  EXPECT_EQ(list[2]["name"], "x/y/z plot");
  ASSERT_EQ(list[2]["args"].size(), 18u);
  EXPECT_EQ(list[2]["args"][0]["choices"][4], "Steps");
  EXPECT_EQ(list.back()["name"], "soft inpainting");
  EXPECT_EQ(list.back()["is_alwayson"], true);
}

TEST_F(SdapiScripts, RefuseBeforeAnyPictureIsMade) {
  const auto refusal = [&](const std::string& script, const Json& arguments) {
    return ask("POST", kRoute, body(script, arguments).dump());
  };
  const Response sampler = refusal("x/y/z plot", plot_arguments({9, "Euler,Eulre"}, kNothing, kNothing));
  EXPECT_EQ(sampler.status, 422);
  EXPECT_THAT(sampler.body, HasSubstr("Eulre"));
  EXPECT_EQ(refusal("x/y/z plot", plot_arguments({999, "1"}, kNothing, kNothing)).status, 422);
  EXPECT_EQ(refusal("x/y/z plot", plot_arguments({4, Json::object()}, kNothing, kNothing)).status, 422);
  EXPECT_EQ(refusal("x/y/z plot", Json::object()).status, 422);
  EXPECT_EQ(refusal("x/y/z plot", plot_arguments({11, "../../etc/passwd"}, kNothing, kNothing)).status, 404);
  EXPECT_EQ(refusal("prompt matrix", {"perhaps"}).status, 422);
  EXPECT_EQ(refusal("no such script", Json::array()).status, 422);
  EXPECT_EQ(studio_->queue().counts().waiting, 0);
}

}  // namespace
}  // namespace fude::server
