#include "progress_bar.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <utility>

#include "core/platform/terminal.h"

namespace fude::apps {
namespace {

std::string format_rate(double seconds_per_step, const std::string& unit) {
  if (seconds_per_step >= 1.0) return fmt::format("{:.1f} s/{}", seconds_per_step, unit);
  if (seconds_per_step >= 0.1) return fmt::format("{:.2f} s/{}", seconds_per_step, unit);
  return fmt::format("{:.0f} {}/s", 1.0 / std::max(seconds_per_step, 1e-9), unit);
}

}  // namespace

std::string format_duration(double seconds) {
  const auto whole = std::llround(std::max(0.0, seconds));
  const std::int64_t hours = whole / 3600, minutes = whole / 60 % 60;
  if (hours > 0) return fmt::format("{}:{:02}:{:02}", hours, minutes, whole % 60);
  return fmt::format("{}:{:02}", minutes, whole % 60);
}

std::string progress_line(const ProgressState& state, int width) {
  const std::int64_t total = std::max<std::int64_t>(1, state.total);
  const std::int64_t done = std::clamp<std::int64_t>(state.done, 0, total);
  std::string tail = fmt::format(" {}/{}", done, state.total);
  if (done > 0) {
    const double per_step = state.elapsed / static_cast<double>(done);
    tail += fmt::format("  {}  {} left", format_rate(per_step, state.unit),
                        format_duration(per_step * static_cast<double>(total - done)));
  }
  const int room = width - 1 - static_cast<int>(state.label.size() + tail.size()) - 3;
  if (room < 5) return (state.label + tail).substr(0, static_cast<std::size_t>(std::max(0, width - 1)));
  const int bar = std::min(room, 30);
  const auto filled = static_cast<std::size_t>(bar * done / total);
  return state.label + " [" + std::string(filled, '#') + std::string(static_cast<std::size_t>(bar) - filled, '.') +
         "]" + tail;
}

ProgressBar::ProgressBar(std::string label, std::int64_t total, std::string unit)
    : state_{.label = std::move(label), .unit = std::move(unit), .total = total}, is_visible_(stderr_is_terminal()) {}

ProgressBar::~ProgressBar() {
  if (has_drawn_) std::fputc('\n', stderr);
}

void ProgressBar::update(std::int64_t done) {
  if (!is_visible_) return;
  const Clock::time_point now = Clock::now();
  state_.done = done;
  if (done < state_.total && now - drawn_ < std::chrono::milliseconds(100)) return;
  state_.elapsed = std::chrono::duration<double>(now - start_).count();
  drawn_ = now;
  has_drawn_ = true;
  // \x1b[K clears what a longer line before may have left.
  std::fprintf(stderr, "\r%s\x1b[K", progress_line(state_, terminal_width()).c_str());
  std::fflush(stderr);
}

void ProgressBar::wipe() {
  if (!has_drawn_) return;
  std::fputs("\r\x1b[K", stderr);
  std::fflush(stderr);
  has_drawn_ = false;
}

StatusLine::StatusLine(const std::string& text) : is_visible_(stderr_is_terminal()) {
  if (!is_visible_) return;
  std::fprintf(stderr, "\r%s ...\x1b[K", text.c_str());
  std::fflush(stderr);
}

StatusLine::~StatusLine() {
  if (is_visible_) std::fprintf(stderr, "\r\x1b[K");
}

}  // namespace fude::apps
