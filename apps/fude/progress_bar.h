#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace fude::apps {

/// "0:07", "12:05", "1:02:03".
std::string format_duration(double seconds);

/// One line of progress, at most `width` columns:
/// "sampling  [#####.....] 12/25  0.31 s/it  0:04 left".
struct ProgressState {
  std::string label;        // ASCII
  std::string unit = "it";  // what is counted, as in "it/s"
  std::int64_t done = 0;
  std::int64_t total = 0;
  double elapsed = 0;  // seconds since the first step began
};
std::string progress_line(const ProgressState& state, int width);

/// Draws progress on standard error when that is a terminal, at most ten times a second; else stays silent.
class ProgressBar {
 public:
  ProgressBar(std::string label, std::int64_t total, std::string unit = "it");
  /// Ends the line, so that what follows starts on a fresh one.
  ~ProgressBar();
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  void update(std::int64_t done);

  /// Clears the line, so that something else may be printed; the next update draws the bar again.
  void wipe();

 private:
  using Clock = std::chrono::steady_clock;

  ProgressState state_;
  Clock::time_point start_ = Clock::now();
  Clock::time_point drawn_{};
  bool is_visible_;
  bool has_drawn_ = false;
};

/// A word on standard error while something without steps goes on ("loading the model"), wiped when it ends. Silent
/// when that is no terminal.
class StatusLine {
 public:
  explicit StatusLine(const std::string& text);
  ~StatusLine();
  StatusLine(const StatusLine&) = delete;
  StatusLine& operator=(const StatusLine&) = delete;

 private:
  bool is_visible_;
};

}  // namespace fude::apps
