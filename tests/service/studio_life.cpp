// Lives of a studio, for studio_kill_test.cpp, each in a process of its own that is forked before anything but the
// libraries was loaded (which takes longer than a life). A line "NEXT END live|finish DATA_DIR" begins one: it says
// "life PROCESS", opens the data folder, stores the jobs from number NEXT to before END and says so as soon as each is
// acknowledged, and works until it is killed or, with "finish", until nothing waits. After it "ended CODE" is said; -1:
// it was killed.
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <string>
#include <thread>

#include "core/base64.h"
#include "core/error.h"
#include "io/images/png_file.h"
#include "service/studio.h"

namespace {

// A PNG file in base64: one of two shades that grow from the left.
std::string picture(int number) {
  constexpr int kSize = 64;
  fude::io::Image image{.width = kSize, .height = kSize, .channels = 3, .pixels = {}};
  for (int i = 0; i < kSize * kSize; ++i) {
    image.pixels.insert(image.pixels.end(), 3, static_cast<std::uint8_t>(i % kSize * (1 + number % 2)));
  }
  return fude::base64_encode(fude::io::encode_png(image, {}));
}

bool is_comparison(int number) { return number % 4 == 3; }

// Some jobs have several batches, some several pictures a batch, some start from a picture.
std::string request(int number) {
  const int batches = number % 5 == 0 ? 3 : 1, size = number % 7 == 0 ? 2 : 1;
  const std::string start = number % 3 == 1 ? R"("init_images": [")" + picture(number) + R"("], )" : "";
  return fmt::format(R"({{"prompt": "cat {0}", "seed": {3}, "subseed": 1, "steps": 2, "width": 64, "height": 64, {4})"
                     R"("n_iter": {1}, "batch_size": {2}, "override_settings": {{"sd_model_checkpoint": "micro"}}}})",
                     number, batches, size, 1000 * number, start);
}

// Every fourth is a comparison: two cells, and the grid of both.
fude::service::NewJob job(int number) {
  fude::service::NewJob job{.request = request(number), .task = std::to_string(number)};
  if (!is_comparison(number)) return job;
  job.kind = "compare";
  job.request =
      R"({"script": "plot", "axes": {"x": {"axis": "Steps", "values": "1,2"}}, "request": )" + job.request + "}";
  return job;
}

void say(const std::string& line) {
  std::puts(line.c_str());
  std::fflush(stdout);
}

void live(const std::string& data_dir, int next, int end, bool is_last) {
  say(fmt::format("life {}", ::getpid()));
  fude::service::Studio studio({.data_dir = data_dir, .device = "cpu", .precision = "fp32", .threads = 1});
  say("open");
  for (int number = next; number < end; ++number) {
    studio.submit(job(number));
    say("stored");
    if (!is_last) std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  if (!is_last) std::this_thread::sleep_for(std::chrono::hours(1));
  for (;;) {
    const auto counts = studio.queue().counts();
    if (counts.waiting == 0 && !counts.running) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

int exit_code_of(const std::string& data_dir, int next, int end, bool is_last) {
  try {
    live(data_dir, next, end, is_last);
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}

}  // namespace

int main() {
  int next = 0, end = 0;
  std::string mode, data_dir;
  while (std::cin >> next >> end >> mode && std::getline(std::cin >> std::ws, data_dir)) {
    const pid_t process = ::fork();
    if (process == 0) std::exit(exit_code_of(data_dir, next, end, mode == "finish"));
    int status = -1;
    ::waitpid(process, &status, 0);
    say(fmt::format("ended {}", WIFEXITED(status) ? WEXITSTATUS(status) : -1));
  }
}
