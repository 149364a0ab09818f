#include "film_flags.h"

#include <fmt/format.h>

#include "core/error.h"
#include "core/platform/atomic_file.h"

namespace fude::apps {

FilmFlags::FilmFlags(CLI::App& command) {
  command
      .add_option("--film", file_,
                  "also write how the picture came to be: animated WebP (.webp) or MP4 (.mp4); of several pictures the "
                  "others go to FILE-2, FILE-3, ..")
      ->type_name("FILE");
  command.add_option("--film-fps", timing_.rate, "steps a second in the film (0.5..60; default 8)")->type_name("N");
  command
      .add_option("--film-hold", timing_.hold, "seconds that the finished picture stays at its end (0..60; default 2)")
      ->type_name("N");
  command
      .add_option("--film-preview", preview_,
                  "how steps are shown: approx (as --preview does; default) or full (by the model's autoencoder: "
                  "sharp, and each step takes as long as decoding the picture)")
      ->type_name("WORD");
}

std::optional<pipelines::FilmOptions> FilmFlags::options() const {
  if (file_.empty()) return std::nullopt;
  const auto format = io::film_format_named(file_.extension().string());
  if (!format) {
    fail(ErrorCode::kInvalidArgument, "--film is '{}', expected a name that ends in .webp or .mp4",
         printable(file_.string()));
  }
  io::make_film_writer(*format, 64, 64, timing_);  // says now what cannot be
  return pipelines::FilmOptions{
      .format = *format, .timing = timing_, .preview = pipelines::film_preview_from(preview_)};
}

std::filesystem::path FilmFlags::write(const std::vector<std::byte>& film) {
  std::filesystem::path path = file_;
  if (++count_ > 1)
    path.replace_filename(fmt::format("{}-{}{}", file_.stem().string(), count_, file_.extension().string()));
  platform::AtomicFile file(path);
  file.write(film);
  file.commit();
  return path;
}

}  // namespace fude::apps
