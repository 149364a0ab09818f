#include <algorithm>

#include "service/gallery.h"
#include "tests/server/api_fixture.h"

namespace fude::server {
namespace {

using testing::Contains;
using testing::HasSubstr;

class ApiComparisonsTest : public ApiFixture {
 protected:
  static Json plot(const std::string& values) {
    return {{"script", "plot"},
            {"request", small_picture()},
            {"axes", {{"x", {{"axis", "steps"}, {"values", values}}}}},
            {"options", {{"margin", 4}}}};
  }

  Json axis(const std::string& id) {
    const Json list = json("GET /comparison-axes", "/comparison-axes");
    for (const Json& axis : list["axes"]) {
      if (axis["id"] == id) return axis;
    }
    return nullptr;
  }
};

TEST_F(ApiComparisonsTest, ListsEveryAxisOnceWithItsChoices) {
  const Json axes = json("GET /comparison-axes", "/comparison-axes")["axes"];
  std::set<std::string> ids;
  for (const Json& axis : axes) EXPECT_TRUE(ids.insert(axis["id"]).second) << axis["id"];
  EXPECT_GT(ids.size(), 80u);
  EXPECT_EQ(axes[0]["label"], "Seed");
  EXPECT_EQ(axis("steps")["kind"], "whole");
  EXPECT_EQ(axis("Prompt S/R")["kind"], "search");
  EXPECT_THAT(axis("sampler_name")["choices"], Contains("Euler a"));
  EXPECT_TRUE(axis("sampler_name")["image_to_image"]);
  EXPECT_THAT(axis("sd_model_checkpoint")["choices"], Contains("micro"));
  EXPECT_EQ(axis("sd_model_checkpoint")["cost"], 1);
  EXPECT_EQ(axis("sgm_noise_multiplier")["choices"], Json({"true", "false"}));
}

TEST_F(ApiComparisonsTest, CountsBeforeAnythingIsMade) {
  const Json outline = json("POST /comparison-outline", "/comparison-outline", plot("1-3"));
  EXPECT_EQ(outline["cells"], 3);
  EXPECT_EQ(outline["steps"], 6);
  EXPECT_EQ(outline["axes"]["x"]["values"], Json({"1", "2", "3"}));
  EXPECT_GT(outline["grid"]["width"], 3 * 64);
  const Json wrong = json("POST /comparison-outline", "/comparison-outline", plot("many"));
  EXPECT_THAT(wrong["axes"]["x"]["error"].get<std::string>(), HasSubstr("'many'"));
  EXPECT_EQ(ask_as("POST /comparison-outline", "/comparison-outline", {{"script", "film"}}).status, 400);
  EXPECT_EQ(json("GET /jobs", "/jobs")["total"], 0);
}

TEST_F(ApiComparisonsTest, MakesACellEachAndAGrid) {
  const Json job = json("POST /comparisons", "/comparisons", plot("1,2"));
  EXPECT_EQ(job["kind"], "compare");
  EXPECT_EQ(job["pictures_wanted"], 3);
  studio_->wait(job["id"], {});
  const Json sheet = json("GET /comparisons/{id}", "/comparisons/" + job["id"].dump());
  EXPECT_EQ(sheet["columns"], 2);
  EXPECT_EQ(sheet["column_legends"][1][0]["text"], "Steps: 2");
  ASSERT_EQ(sheet["cells"].size(), 2u);
  EXPECT_EQ(sheet["cells"][0]["pictures"].size(), 1u);
  EXPECT_EQ(sheet["grids"].size(), 1u);
}

TEST_F(ApiComparisonsTest, RefusesWhatIsNoComparison) {
  EXPECT_EQ(ask_as("POST /comparisons", "/comparisons", plot("many")).status, 400);
  EXPECT_EQ(ask_as("GET /comparisons/{id}", "/comparisons/99").status, 404);
  const Json job = finished_job();
  EXPECT_EQ(ask_as("GET /comparisons/{id}", "/comparisons/" + job["id"].dump()).status, 400);
}

}  // namespace
}  // namespace fude::server
