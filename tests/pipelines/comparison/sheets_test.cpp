#include "pipelines/comparison/sheets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "pipelines/comparison/comparison_index.h"
#include "pipelines/comparison/grid_files.h"
#include "pipelines/comparison/grid_text.h"
#include "tests/support/temporary_folder.h"

namespace fude::pipelines::comparison {
namespace {

using testing::HasSubstr;

GenerationRequest base(const std::string& prompt) {
  GenerationRequest request;
  request.prompt = prompt;
  request.width = request.height = 64;
  request.seed = 5;
  normalise(request);
  return request;
}

// A cell that is done: all of one grey.
CellResult done(const Cell& cell, int width, std::uint8_t grey) {
  const auto count = static_cast<std::size_t>(width * width * 3);
  return {
      .picture =
          io::Image{.width = width, .height = width, .channels = 3, .pixels = std::vector<std::uint8_t>(count, grey)},
      .request = cell.jobs.front(),
      .infotext = "girl\nSteps: 1, Seed: 5, Version: fude-1",
      .files = {"a.png"}};
}

Comparison three_axes() {
  return plan_comparison(
      base("girl"), {read_axis_text("Steps=1,2"), read_axis_text("CFG=5,6,7"), read_axis_text("S/R=girl,boy")}, {}, {});
}

std::vector<CellResult> results_of(const Comparison& plan) {
  std::vector<CellResult> results;
  for (const Cell& cell : plan.cells) results.push_back(done(cell, 64, static_cast<std::uint8_t>(results.size())));
  return results;
}

TEST(Sheet, HasTheSizeThatWasTold) {
  const Comparison plan = three_axes();
  const std::vector<CellResult> results = results_of(plan);
  const io::Image whole = sheet(plan, results);
  const GridSize told = sheet_size(plan, largest_picture(plan.cells, 512));
  EXPECT_EQ(whole.width, told.width);
  EXPECT_EQ(whole.height, told.height);
  const io::Image one = sub_sheet(plan, results, 1);
  EXPECT_EQ(one.width, 48 + 2 * 64);
  EXPECT_EQ(whole.width, 2 * one.width);
  EXPECT_EQ(one.pixels.back(), 11);
  EXPECT_EQ(whole.pixels.back(), 11);
}

TEST(Sheet, LeavesCellsThatWereNotBegunBlank) {
  const Comparison plan = three_axes();
  std::vector<CellResult> results = results_of(plan);
  results.back() = {};
  EXPECT_EQ(sheet(plan, results).pixels.back(), 255);
}

TEST(Sheet, OfAMatrixHasItsPartsAsLegends) {
  const PromptMatrix matrix = plan_matrix(base("girl|a|b|c"), {}, {});
  std::vector<CellResult> results;
  for (const Cell& cell : matrix.cells) results.push_back(done(cell, 64, 0));
  const io::Image grid = sheet(matrix, results);
  EXPECT_EQ(grid.width, 48 + 4 * 64);
  EXPECT_GT(grid.height, 2 * 64);
  const GridSize told = sheet_size(matrix, {.width = 64, .height = 64});
  EXPECT_EQ(grid.height, told.height);
}

TEST(PlainSheet, HoldsThePicturesThereAre) {
  const Comparison plan = three_axes();
  std::vector<CellResult> results = results_of(plan);
  results.resize(5);
  results[2] = {};
  const io::Image grid = plain_sheet(results, -1, 1, false);
  EXPECT_EQ(grid.width, 128);
  EXPECT_EQ(grid.height, 128);
}

TEST(GridText, NamesTheScriptAndItsAxesBeforeTheVersion) {
  GenerationRequest request = base("girl");
  const Comparison plan = plan_comparison(
      request, {read_axis_text("Seed=-1,7"), read_axis_text("Sampler=Euler a,LMS"), AxisChoice{}}, {}, {});
  const std::string text = grid_infotext(results_of(plan), text_pairs(plan));
  EXPECT_THAT(text, HasSubstr(", Script: X/Y/Z plot, X Type: Seed, X Values: \"-1,7\", Fixed X Values: \""));
  EXPECT_THAT(text, HasSubstr("Y Type: Sampler, Y Values: \"Euler a,LMS\", Version: fude-1"));
  EXPECT_EQ(with_pairs("a\nSteps: 1", {{"K", "v"}}), "a\nSteps: 1, K: v");
  EXPECT_EQ(with_pairs("a, Version: b\nSteps: 1", {{"K", "v"}}), "a, Version: b\nSteps: 1, K: v");
  EXPECT_EQ(grid_infotext({}, text_pairs(plan)), "");
}

TEST(IndexJson, TellsEveryCellsPlaceFilesAndDifferences) {
  const Comparison plan = three_axes();
  std::vector<CellResult> results = results_of(plan);
  results[11] = {.error = "it broke"};
  const auto index = nlohmann::json::parse(index_json(plan, results, "xyz_grid-0000-5.png"));
  EXPECT_EQ(index["grid"], "xyz_grid-0000-5.png");
  EXPECT_EQ(index["x"]["type"], "Steps");
  EXPECT_EQ(index["z"]["values"], nlohmann::json::parse(R"(["girl", "boy"])"));
  EXPECT_EQ(index["cells"].size(), 12u);
  const auto& last = index["cells"][11];
  EXPECT_EQ(last["x"], 1);
  EXPECT_EQ(last["y"], 2);
  EXPECT_EQ(last["z"], 1);
  EXPECT_EQ(last["error"], "it broke");
  EXPECT_FALSE(last.contains("files"));
  EXPECT_EQ(last["changes"], nlohmann::json::parse(R"({"prompt": "boy", "steps": 2})"));
  EXPECT_EQ(index["cells"][0]["files"][0], "a.png");
  EXPECT_EQ(index["cells"][0]["seed"], 5);
}

TEST(SaveGrid, TakesTheNextNumberAndPutsTheIndexBeside) {
  const tests::TemporaryFolder folder;
  const std::vector<std::byte> bytes{std::byte{1}};
  const auto index_of = [](const std::string& name) { return "index of " + name; };
  EXPECT_EQ(save_grid(folder.path() / "new", "xyz_grid", 5, bytes, index_of).filename(), "xyz_grid-0000-5.png");
  EXPECT_EQ(save_grid(folder.path() / "new", "xyz_grid", 5, bytes, index_of).filename(), "xyz_grid-0001-5.png");
  EXPECT_EQ(save_grid(folder.path() / "new", "grid", 5, bytes, index_of).filename(), "grid-0000-5.png");
  EXPECT_EQ(std::filesystem::file_size(folder.path() / "new" / "xyz_grid-0001-5.json"), 28u);
  EXPECT_EQ(next_grid_number(folder.path() / "missing", "xyz_grid"), 0);
}

}  // namespace
}  // namespace fude::pipelines::comparison
