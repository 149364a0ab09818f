#include "saving_flags.h"

#include <cstdio>

#include "core/ascii.h"

namespace fude::apps {

SavingFlags::SavingFlags(CLI::App& command, bool has_source_mark) {
  command
      .add_option("--format", format_,
                  "kind of file; default: what --out ends in, else png. jpg and webp lose a little")
      ->check(CLI::IsMember({"png", "jpg", "webp"}))
      ->type_name("png|jpg|webp");
  command.add_option("--quality", options_.encoding.quality, "of jpg and webp, 1..100 (default 80)")
      ->check(CLI::Range(1, 100))
      ->type_name("N")
      ->capture_default_str();
  command.add_flag("--lossless", options_.encoding.is_lossless, "webp without losses");
  if (!has_source_mark) return;
  command.add_flag("!--no-source-mark", options_.writes_source,
                   "do not mark the picture as made by a trained model (XMP DigitalSourceType)");
}

pipelines::SavingOptions SavingFlags::options(const std::string& out) const {
  pipelines::SavingOptions options = options_;
  const auto of_out = io::format_named(std::filesystem::path(out).extension().string());
  options.encoding.format = io::format_named(format_).value_or(of_out.value_or(io::PictureFormat::kPng));
  return options;
}

std::string SavingFlags::ending(const std::string& out) const {
  const std::string of_out = ascii_lower(std::filesystem::path(out).extension().string());
  const io::PictureFormat format = options(out).encoding.format;
  return io::format_named(of_out) == format ? of_out : std::string(io::file_ending(format));
}

std::filesystem::path save_encoded(const pipelines::OutputFiles& outputs, const pipelines::EncodedPicture& file,
                                   const pipelines::SavingOptions& options, std::int64_t seed) {
  if (file.format == options.encoding.format) return outputs.save(file.bytes, seed);
  std::fprintf(stderr, "fude: warning: the picture or its text is too large for %s, it is written as PNG\n",
               std::string(io::file_ending(options.encoding.format)).c_str());
  return outputs.save(file.bytes, seed, io::file_ending(file.format));
}

}  // namespace fude::apps
