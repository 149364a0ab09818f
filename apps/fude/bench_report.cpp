#include "bench_report.h"

#include <fmt/format.h>

#include "core/error.h"
#include "text_rows.h"

namespace fude::apps {
namespace {

using Json = nlohmann::ordered_json;

std::string format_seconds(double seconds) {
  if (seconds >= 10) return fmt::format("{:.1f} s", seconds);
  return seconds >= 0.1 ? fmt::format("{:.2f} s", seconds) : fmt::format("{:.3f} s", seconds);
}

double rate(double operations, double seconds) { return seconds > 0 ? operations / seconds : 0; }

// "1606 GFLOP at 2019 GFLOP/s: 28 % of the peak"
std::string format_work(const BenchReport& report, double operations, double seconds) {
  const int decimals = operations < 100e9 ? 1 : 0;
  std::string text =
      fmt::format("{:.{}f} GFLOP at {:.0f} GFLOP/s", operations / 1e9, decimals, rate(operations, seconds) / 1e9);
  if (report.peak)
    text += fmt::format(": {:.0f} % of the peak", 100 * rate(operations, seconds) / report.peak->all_threads);
  return text;
}

// A time, and beside it what there is to say about it.
std::string time_row(double seconds, const std::string& remark) {
  return remark.empty() ? format_seconds(seconds) : fmt::format("{:<9} {}", format_seconds(seconds), remark);
}

std::string description(const BenchReport& report) {
  const pipelines::GenerationRequest& request = report.request;
  return fmt::format("{}, {}x{}, {} steps of {}, CFG {}, {}", report.speed.model, report.speed.width,
                     report.speed.height, request.steps, request.sampler, request.cfg_scale, report.speed.precision);
}

std::string peak_text(const BenchReport& report) {
  if (!report.peak) return "not measured here";
  std::string text = fmt::format("{:.0f} GFLOP/s in registers", report.peak->all_threads / 1e9);
  if (report.threads > 1) text += fmt::format(", {:.0f} with one thread", report.peak->one_thread / 1e9);
  return text;
}

}  // namespace

std::string bench_table(const BenchReport& report) {
  constexpr int kNameWidth = 14;
  const pipelines::SpeedReport& speed = report.speed;
  std::string machine = report.device;
  if (!report.instruction_set.empty()) {
    machine += fmt::format("\n{} thread{}, {}", report.threads, report.threads == 1 ? "" : "s", report.instruction_set);
  }
  std::string out;
  const auto row = [&](std::string_view name, const std::string& text) { append_row(out, name, text, kNameWidth); };
  row("machine", machine);
  row("peak", peak_text(report));
  row("picture of", description(report));
  out += '\n';
  row("load", time_row(speed.load, ""));
  row("text", time_row(speed.text(), "two prompts"));
  row("step", time_row(speed.step(), format_work(report, speed.step_operations, speed.step())));
  row("best step", time_row(speed.best_step(), format_work(report, speed.step_operations, speed.best_step())));
  row("decode", time_row(speed.decode(), format_work(report, speed.decode_operations, speed.decode())));
  row("picture", time_row(speed.picture(), speed.runs.size() > 1 ? fmt::format("best of {}", speed.runs.size()) : ""));
  std::string memory = fmt::format("{} MB at most", report.peak_memory >> 20);
  if (speed.packed_weights_bytes > 0)
    memory += fmt::format(", {} MB of them packed weights", speed.packed_weights_bytes >> 20);
  row("memory", memory);
  return out;
}

Json bench_json(const BenchReport& report) {
  const pipelines::SpeedReport& speed = report.speed;
  const pipelines::GenerationRequest& request = report.request;
  Json runs = Json::array();
  for (const pipelines::RunSeconds& run : speed.runs) {
    runs.push_back({{"text", run.text}, {"steps", run.steps}, {"decode", run.decode}, {"picture", run.picture}});
  }
  const double step_rate = rate(speed.step_operations, speed.step());
  const double decode_rate = rate(speed.decode_operations, speed.decode());
  Json json = {
      {"device", report.device},
      {"instruction_set", report.instruction_set.empty() ? Json() : Json(report.instruction_set)},
      {"threads", report.threads},
      {"model", speed.model},
      {"width", speed.width},
      {"height", speed.height},
      {"steps", request.steps},
      {"sampler", request.sampler},
      {"cfg_scale", request.cfg_scale},
      {"precision", speed.precision},
      {"seconds",
       {{"load", speed.load},
        {"text", speed.text()},
        {"step", speed.step()},
        {"best_step", speed.best_step()},
        {"decode", speed.decode()},
        {"picture", speed.picture()}}},
      {"operations", {{"step", speed.step_operations}, {"decode", speed.decode_operations}}},
      {"operations_per_second", {{"step", step_rate}, {"decode", decode_rate}}},
      {"peak_operations_per_second", Json()},
      {"share_of_peak", Json()},
      {"peak_rss_bytes", report.peak_memory},
      {"packed_weights_bytes", speed.packed_weights_bytes},
      {"runs", runs},
  };
  if (report.peak) {
    json["peak_operations_per_second"] = {{"one_thread", report.peak->one_thread},
                                          {"all_threads", report.peak->all_threads}};
    json["share_of_peak"] = {{"step", step_rate / report.peak->all_threads},
                             {"decode", decode_rate / report.peak->all_threads}};
  }
  return json;
}

}  // namespace fude::apps
