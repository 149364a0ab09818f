#include <cstdio>
#include <memory>
#include <string>

#include "command.h"
#include "core/error.h"
#include "core/platform/atomic_file.h"
#include "core/platform/mapped_file.h"
#include "io/images/mosaic.h"
#include "io/images/picture_decoder.h"
#include "io/images/picture_notes.h"
#include "pipelines/output_files.h"

namespace fude::apps {
namespace {

namespace fs = std::filesystem;

struct EditFlags {
  std::string picture, mask, out, format;
  bool wants_mosaic = false;
  int block = 0;  // 0: as publishers ask for
  io::PictureEncoding encoding = {.quality = 90};
};

io::Image read(const std::string& path) { return io::decode_picture(platform::MappedFile::open(path)->bytes(), path); }

// By --format, or else what --out ends in, or else as the picture was.
io::PictureFormat chosen_format(const EditFlags& flags, std::span<const std::byte> bytes) {
  const auto of_out = io::format_named(fs::path(flags.out).extension().string());
  const auto as_it_was = io::picture_format(bytes).value_or(io::PictureFormat::kPng);
  return io::format_named(flags.format).value_or(of_out.value_or(as_it_was));
}

io::Image edited(const EditFlags& flags, io::Image image) {
  if (!flags.wants_mosaic) return image;
  if (flags.mask.empty()) {
    fail(ErrorCode::kInvalidArgument, "--mosaic has no mask, expected --mask FILE with white where it is to be");
  }
  return io::mosaic(image, read(flags.mask), flags.block == 0 ? io::mosaic_block(image) : flags.block);
}

fs::path write(const EditFlags& flags, std::span<const std::byte> bytes, io::PictureFormat format) {
  if (flags.out.empty()) {
    const fs::path picture = fs::absolute(flags.picture);
    return pipelines::save_new(picture.parent_path(),
                               {.stem = picture.stem().string() + "-edited",
                                .ending = std::string(io::file_ending(format)),
                                .is_numbered = false},
                               bytes);
  }
  if (io::format_named(fs::path(flags.out).extension().string()) != format) {
    fail(ErrorCode::kInvalidArgument, "--out is '{}', expected a name that ends in '{}'", printable(flags.out),
         io::file_ending(format));
  }
  platform::AtomicFile file(flags.out);
  file.write(bytes);
  file.commit();
  return flags.out;
}

void run(EditFlags flags) {
  const auto file = platform::MappedFile::open(flags.picture);
  const io::Image image = edited(flags, io::decode_picture(file->bytes(), flags.picture));
  const io::PictureNotes notes = io::picture_notes(file->bytes());
  flags.encoding.format = chosen_format(flags, file->bytes());
  if (const std::string_view loss = io::loss_of_notes(notes, flags.encoding.format); !loss.empty()) {
    std::fprintf(stderr, "fude: warning: %s cannot be kept in %s\n", std::string(loss).c_str(),
                 std::string(io::file_ending(flags.encoding.format)).c_str());
  }
  const fs::path path = write(flags, io::encode_picture(image, flags.encoding, notes), flags.encoding.format);
  std::printf("%s\n", path.c_str());
}

}  // namespace

void add_edit_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("edit", "change a picture, keeping what it says of its making");
  command->footer(
      "Examples:\n"
      "  fude edit a.png --mosaic --mask mask.png\n"
      "  fude edit a.png --format webp --lossless\n"
      "Without --out the result lies beside the picture as NAME-edited.");
  const auto flags = std::make_shared<EditFlags>();
  command->add_option("PICTURE", flags->picture, "PNG, JPEG or WebP")->required();
  command->add_flag("--mosaic", flags->wants_mosaic, "a mosaic over what --mask covers");
  command->add_option("--mask", flags->mask, "a picture of the same size, white where the mosaic is to be")
      ->type_name("FILE");
  command
      ->add_option("--block", flags->block,
                   "side of the mosaic's squares in pixels; default: a hundredth of the longer side, at least 4")
      ->check(CLI::Range(2, 1024))
      ->type_name("INT");
  command->add_option("--format", flags->format, "kind of file; default: what --out ends in, else as it was")
      ->check(CLI::IsMember({"png", "jpg", "webp"}))
      ->type_name("png|jpg|webp");
  command->add_option("--quality", flags->encoding.quality, "of jpg and webp")
      ->check(CLI::Range(1, 100))
      ->type_name("INT")
      ->capture_default_str();
  command->add_flag("--lossless", flags->encoding.is_lossless, "webp without losses");
  command->add_option("-o,--out", flags->out, "where to; an older file there is replaced")->type_name("FILE");
  command->callback([flags] { run(*flags); });
}

}  // namespace fude::apps
