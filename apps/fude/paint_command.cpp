#include <fmt/format.h>

#include <atomic>
#include <exception>
#include <filesystem>
#include <memory>
#include <mutex>
#include <thread>

#include "command.h"
#include "core/error.h"
#include "core/platform/atomic_file.h"
#include "core/platform/interrupt.h"
#include "io/images/png_file.h"
#include "progress_bar.h"
#include "training/painter/captions.h"
#include "training/painter/paint.h"

namespace fude::apps {
namespace {

namespace fs = std::filesystem;

struct PaintOptions {
  std::int64_t count = 36;
  std::uint64_t seed = 0;
  std::string folder;
  std::string sheet;
  int columns = 6;
  int threads = 0;  // 0: as many as the machine runs at once
};

io::Image to_image(painter::Painting painting) {
  return {.width = painting.width, .height = painting.height, .channels = 3, .pixels = std::move(painting.rgb)};
}

/// Many pictures side by side. put() may run on many threads at once, for different places.
class ContactSheet {
 public:
  ContactSheet(std::int64_t count, int columns) : columns_(static_cast<int>(std::min<std::int64_t>(columns, count))) {
    const std::int64_t rows = (count + columns_ - 1) / columns_;
    if (rows * columns_ > io::kMostPixels / (kSide * kSide))
      fail(ErrorCode::kInvalidArgument, "a sheet of {} pictures is too large, expected at most {}", count,
           io::kMostPixels / (kSide * kSide));
    image_ = {.width = columns_ * kSide, .height = static_cast<int>(rows) * kSide, .channels = 3, .pixels = {}};
    image_.pixels.assign(static_cast<std::size_t>(image_.width) * image_.height * 3, 255);
  }

  void put(std::int64_t place, const io::Image& picture) {
    const std::int64_t left = place % columns_ * kSide, top = place / columns_ * kSide;
    for (int y = 0; y < kSide; ++y)
      std::copy_n(&picture.pixels[static_cast<std::size_t>(y) * kSide * 3], kSide * 3,
                  &image_.pixels[static_cast<std::size_t>((top + y) * image_.width + left) * 3]);
  }
  const io::Image& image() const { return image_; }

 private:
  static constexpr int kSide = painter::kPictureSize;
  int columns_;
  io::Image image_;
};

/// Runs work(0), .., work(count - 1) on some threads until done, stopped, or one of them throws, which it passes on.
template <typename Work>
void run_on_threads(std::int64_t count, int threads, const Cancellation& cancellation, ProgressBar& progress,
                    Work work) {
  std::atomic<std::int64_t> next = 0, done = 0;
  std::exception_ptr failure;
  std::mutex mutex;  // guards failure and progress
  const auto run = [&] {
    try {
      while (!cancellation.is_requested()) {
        const std::int64_t index = next++;
        if (index >= count) return;
        work(index);
        const std::scoped_lock lock(mutex);
        progress.update(++done);
      }
    } catch (...) {
      const std::scoped_lock lock(mutex);
      if (!failure) failure = std::current_exception();
      next = count;
    }
  };
  {
    std::vector<std::jthread> workers;
    for (int i = 1; i < threads; ++i) workers.emplace_back(run);
    run();
  }
  if (failure) std::rethrow_exception(failure);
  if (done < count) fail(ErrorCode::kCancelled, "stopped after {} of {} pictures, which are kept", done.load(), count);
}

void save(const fs::path& folder, std::int64_t index, const io::Image& picture, const std::string& caption) {
  const fs::path stem = folder / fmt::format("{:06}", index);
  io::write_png(fs::path(stem).replace_extension(".png"), picture);
  platform::AtomicFile text(fs::path(stem).replace_extension(".txt"));
  text.write(caption + "\n");
  text.commit();
}

void make_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (!fs::is_directory(folder))
    fail(ErrorCode::kInvalidArgument, "folder '{}' cannot be made: {}", printable(folder.string()),
         error ? error.message() : "a file of that name is there");
}

void paint_pictures(const PaintOptions& options) {
  if (options.folder.empty() && options.sheet.empty())
    fail(ErrorCode::kInvalidArgument, "nowhere to paint, give --out DIR or --sheet FILE");
  if (!options.folder.empty()) make_folder(options.folder);
  std::unique_ptr<ContactSheet> sheet;
  if (!options.sheet.empty()) sheet = std::make_unique<ContactSheet>(options.count, options.columns);

  const InterruptGuard interrupt;
  const int machine = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  {
    ProgressBar progress("painting", options.count);
    run_on_threads(options.count, options.threads > 0 ? options.threads : machine, interrupt.cancellation(), progress,
                   [&](std::int64_t index) {
                     const auto character = painter::draw_character(options.seed, static_cast<std::uint64_t>(index));
                     const io::Image picture = to_image(painter::paint(character));
                     if (!options.folder.empty()) save(options.folder, index, picture, painter::caption(character));
                     if (sheet) sheet->put(index, picture);
                   });
  }
  if (sheet) io::write_png(options.sheet, sheet->image());
  if (!options.folder.empty()) fmt::print("{}\n", options.folder);
  if (sheet) fmt::print("{}\n", options.sheet);
}

}  // namespace

void add_paint_command(CLI::App& app) {
  auto options = std::make_shared<PaintOptions>();
  CLI::App* command = app.add_subcommand("paint", "draw the sample data set: anime characters with tags");
  command
      ->add_option("--count", options->count, "Pictures to draw, 1..1000000, default 36")

      ->check(CLI::Range(1, 1000000));
  command->add_option("--seed", options->seed, "Which data set; picture N of a seed is always the same; default 0");
  command->add_option("--out", options->folder, "Folder for NNNNNN.png and NNNNNN.txt (tags), made when missing");
  command->add_option("--sheet", options->sheet, "PNG file that shows all pictures side by side");
  command
      ->add_option("--columns", options->columns, "Pictures in a row of the sheet, 1..64, default 6")

      ->check(CLI::Range(1, 64));
  command->add_option("--threads", options->threads, "1..256; default: as many as the machine runs at once")
      ->check(CLI::Range(1, 256));
  command->callback([options] { paint_pictures(*options); });
}

}  // namespace fude::apps
