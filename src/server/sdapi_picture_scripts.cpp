#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "core/ascii.h"
#include "core/names.h"
#include "pipelines/comparison/comparison_index.h"
#include "pipelines/comparison/grid_text.h"
#include "pipelines/comparison/sheets.h"
#include "pipelines/loopback_request.h"
#include "pipelines/outpainting.h"
#include "server/error_response.h"
#include "server/sdapi_script_arguments.h"
#include "server/sdapi_script_call.h"
#include "server/sdapi_script_run.h"
#include "service/upscaler_list.h"

namespace fude::server {
namespace {

namespace comparison = pipelines::comparison;
using comparison::Cell;
using pipelines::GenerationRequest;
using pipelines::Loopback;
using pipelines::Outpainting;

GenerationRequest with_seeds(GenerationRequest base) {
  pipelines::resolve_seeds(base);
  return base;
}

/// Feeds pictures back, chain by chain.
class LoopbackScript {
 public:
  LoopbackScript(const RunningScript& script, const Loopback& options)
      : script_(script), options_(options), base_(with_seeds(script.base)), run_(script) {
    pipelines::check_loopback(base_, options_);
  }

  ScriptResult run() {
    const Cell first{.jobs = {base_}, .name = {}};
    run_.check({&first, 1}, {});
    const int chains = pipelines::picture_count(base_);
    for (int chain = 0; chain < chains && run_chain(chain); ++chain) continue;
    ScriptResult result{.pictures = {}, .job = run_.last_job()};
    if (options_.loops > 1) add_grids(result);
    result.grids = result.pictures.size();
    for (service::MadePicture& picture : run_.pictures()) result.pictures.push_back(std::move(picture));
    return result;
  }

 private:
  // False when nothing more is to be made.
  bool run_chain(int chain) {
    GenerationRequest job = pipelines::first_loop(base_, options_, chain);
    for (int loop = 0; loop < options_.loops; ++loop) {
      cells_.push_back(Cell{.jobs = {job}, .name = fmt::format("loop {}", loop + 1)});
      const io::Image* made = run_.make_next(cells_.back());
      if (made == nullptr) return false;
      if (loop + 1 == options_.loops) break;
      job = pipelines::next_loop(std::move(job), *made, pipelines::acting_strength(base_), options_, loop + 1);
    }
    return true;
  }

  // The loops of each chain in a row.
  void add_grids(ScriptResult& result) const {
    const auto loops = static_cast<std::size_t>(options_.loops);
    const auto all = std::span(run_.results());
    for (std::size_t begin = 0; begin < all.size(); begin += loops) {
      const auto chain = all.subspan(begin, std::min(loops, all.size() - begin));
      const auto cells = std::span(cells_).subspan(begin, chain.size());
      if (!chain.front().picture) continue;
      result.pictures.push_back(
          run_.grid(comparison::plain_sheet(chain, /*rows=*/1, 1, /*prevents_empty=*/false),
                    {.name = "grid",
                     .infotext = comparison::grid_infotext(chain, {{"Script", "Loopback"}}),
                     .seed = comparison::grid_seed(cells, chain),
                     .saves = script_.asked.saves_grid,
                     .index_of = [&](const std::string& file) { return index_json(base_, cells, chain, file); }}));
    }
  }

  const RunningScript& script_;
  Loopback options_;
  GenerationRequest base_;
  ScriptRun run_;
  std::vector<Cell> cells_;
};

// A list of sides; absent: all of them.
void read_sides(const ScriptArguments& arguments, std::size_t place, Outpainting& options) {
  if (!arguments.has(place)) return;
  options.left = options.right = options.up = options.down = false;
  for (const std::string& side : arguments.texts(place)) {
    const std::string name = ascii_lower(side);
    bool* const chosen = name == "left"    ? &options.left
                         : name == "right" ? &options.right
                         : name == "up"    ? &options.up
                         : name == "down"  ? &options.down
                                           : nullptr;
    if (chosen == nullptr) {
      throw HttpError(422, fmt::format("script_args[{}] is wrong, expected left, right, up or down", place),
                      "script_args");
    }
    *chosen = true;
  }
}

// One job, whose pictures are the answer.
ScriptResult run_once(const RunningScript& script, const Cell& cell) {
  GenerationRequest checked = cell.jobs.front();
  pipelines::normalise(checked);  // refused as a member of the body, not as a cell that failed
  ScriptRun run(script);
  run.check({&cell, 1}, {});
  run.make_next(cell);
  ScriptResult result{.pictures = {}, .job = run.last_job()};
  result.pictures = run.pictures();
  return result;
}

// By its name, or by its place in the list of upscalers.
std::string upscaler_named(const service::Studio& studio, const std::string& text) {
  std::size_t place = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), place);
  if (error != std::errc() || stop != text.data() + text.size()) return text;
  const std::vector<service::UpscalerRow> rows = service::list_upscalers(studio.library());
  if (place >= rows.size()) {
    throw HttpError(422, fmt::format("script_args[2] is {}, expected 0..{}", text, rows.size() - 1), "script_args");
  }
  return rows[place].name;
}

ScriptResult outpaint(const RunningScript& script, const Outpainting& options, int content) {
  GenerationRequest base = with_seeds(script.base);
  base.sources.mask = base.sources.latent_mask = nullptr;  // it makes its own, as there
  base.inpainting_fill = content;
  const Cell cell{.jobs = {pipelines::outpainting_request(std::move(base), options)}, .name = "outpainting"};
  return run_once(script, cell);
}

// "fill" or its place among the four.
int read_content(const ScriptArguments& arguments, std::size_t place) {
  constexpr std::array<std::string_view, 4> kContents{"fill", "original", "latent noise", "latent nothing"};
  const std::string text = arguments.text(place, kContents.front());
  const auto found =
      std::ranges::find_if(kContents, [&](std::string_view content) { return same_name(content, text); });
  if (found != kContents.end()) return static_cast<int>(found - kContents.begin());
  if (text.size() == 1 && text[0] >= '0' && text[0] <= '3') return text[0] - '0';
  throw HttpError(422, fmt::format("script_args[{}] is wrong, expected {}", place, fmt::join(kContents, ", ")),
                  "script_args");
}

}  // namespace

ScriptResult run_loopback(const RunningScript& script) {
  const ScriptArguments arguments(script.asked.arguments);
  const std::string curve = arguments.text(2, "Linear");
  if (ascii_lower(arguments.text(3, "None")) != "none") {
    throw HttpError(501, "describing pictures (append interrogation) is not supported yet");
  }
  return LoopbackScript(script,
                        {.loops = arguments.whole(0, 4), .final_strength = arguments.number(1, 0.5), .curve = curve})
      .run();
}

ScriptResult run_outpainting(const RunningScript& script) {
  const ScriptArguments arguments(script.asked.arguments);  // the first is a text of the page
  Outpainting options{.pixels = arguments.whole(1, 128),
                      .mask_blur = arguments.whole(2, 8),
                      .fall_off = arguments.number(4, 1),
                      .color_variation = arguments.number(5, 0.05)};
  read_sides(arguments, 3, options);
  return outpaint(script, options, /*content=*/1);
}

ScriptResult run_poor_outpainting(const RunningScript& script) {
  const ScriptArguments arguments(script.asked.arguments);
  Outpainting options{.pixels = arguments.whole(0, 128), .mask_blur = arguments.whole(1, 4)};
  read_sides(arguments, 3, options);
  return outpaint(script, options, read_content(arguments, 2));
}

ScriptResult run_sd_upscale(const RunningScript& script) {
  const ScriptArguments arguments(script.asked.arguments);  // the first is a text of the page
  GenerationRequest request = with_seeds(script.base);
  request.sd_upscale = true;
  request.sd_upscale_overlap = arguments.whole(1, 64);
  request.sd_upscale_upscaler = upscaler_named(script.studio, arguments.text(2, "None"));
  request.sd_upscale_scale = arguments.number(3, 2);
  return run_once(script, Cell{.jobs = {std::move(request)}, .name = "SD upscale"});
}

}  // namespace fude::server
