#include "pipelines/comparison/comparison_index.h"

#include <array>
#include <nlohmann/json.hpp>

#include "pipelines/request_json.h"

namespace fude::pipelines::comparison {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array<const char*, 3> kAxisNames{"x", "y", "z"};

// The members of `other` that `base` has not, or otherwise.
Json changes(const Json& base, const Json& other) {
  Json result = Json::object();
  for (const auto& [name, value] : other.items()) {
    const auto same = base.find(name);
    if (same != base.end() && *same == value) continue;
    const bool is_nested = same != base.end() && same->is_object() && value.is_object();
    result[name] = is_nested ? changes(*same, value) : value;
  }
  return result;
}

// Without the pictures that it starts from: they are no knobs, and large.
Json request_of(GenerationRequest request) {
  request.sources = {};
  return Json::parse(request_to_json(request));
}

class IndexWriter {
 public:
  IndexWriter(const char* script, const GenerationRequest& base, const std::string& grid_file)
      : base_(request_of(base)) {
    index_["script"] = script;
    if (!grid_file.empty()) index_["grid"] = grid_file;
  }

  Json& head() { return index_; }

  void add(Json cell, const Cell& planned, const CellResult& result) {
    if (!result.files.empty()) cell["files"] = result.files;
    if (result.picture) cell["seed"] = result.request.seed;
    cell["changes"] = changes(base_, request_of(planned.jobs.front()));
    if (!result.error.empty()) cell["error"] = result.error;
    cells_.push_back(std::move(cell));
  }

  std::string text() {
    index_["base"] = base_;
    index_["cells"] = std::move(cells_);
    return index_.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
  }

 private:
  Json index_, base_, cells_ = Json::array();
};

}  // namespace

std::string index_json(const Comparison& comparison, std::span<const CellResult> results,
                       const std::string& grid_file) {
  IndexWriter writer("X/Y/Z plot", comparison.base, grid_file);
  for (std::size_t i = 0; i < 3; ++i) {
    const AxisChoice& choice = comparison.axes[i];
    if (choice.is_nothing()) continue;
    writer.head()[kAxisNames[i]] = {{"type", choice.axis->label}, {"values", choice.values}};
  }
  for (std::size_t index = 0; index < comparison.cells.size(); ++index) {
    const std::size_t width = comparison.axes[0].size(), height = comparison.axes[1].size();
    const std::array<std::size_t, 3> place{index % width, index / width % height, index / width / height};
    Json cell = Json::object();
    for (std::size_t i = 0; i < 3; ++i) {
      if (!comparison.axes[i].is_nothing()) cell[kAxisNames[i]] = place[i];
    }
    cell["legend"] = comparison.cells[index].name;
    writer.add(std::move(cell), comparison.cells[index], results[index]);
  }
  return writer.text();
}

std::string index_json(const PromptMatrix& matrix, std::span<const CellResult> results, const std::string& grid_file) {
  IndexWriter writer("Prompt matrix", matrix.base, grid_file);
  writer.head()["parts"] = matrix.parts;
  writer.head()["columns"] = matrix.columns();
  for (std::size_t index = 0; index < matrix.cells.size(); ++index) {
    Json parts = Json::array();
    for (std::size_t i = 0; i < matrix.parts.size(); ++i) {
      if ((index >> i & 1) != 0) parts.push_back(i);
    }
    writer.add({{"parts", std::move(parts)}}, matrix.cells[index], results[index]);
  }
  return writer.text();
}

std::string index_json(const GenerationRequest& base, std::span<const Cell> cells, std::span<const CellResult> results,
                       const std::string& grid_file) {
  IndexWriter writer("Prompts from file or textbox", base, grid_file);
  for (std::size_t index = 0; index < cells.size(); ++index) {
    writer.add({{"legend", cells[index].name}}, cells[index], results[index]);
  }
  return writer.text();
}

}  // namespace fude::pipelines::comparison
