#include <cstdio>
#include <memory>
#include <string>

#include "command.h"
#include "core/error.h"
#include "core/platform/atomic_file.h"
#include "core/platform/mapped_file.h"
#include "io/images/picture_decoder.h"
#include "io/images/picture_format.h"
#include "pipelines/picture_editing.h"

namespace fude::apps {
namespace {

namespace fs = std::filesystem;

struct EditFlags {
  std::string picture, mask, out, format;
  bool wants_mosaic = false;
  pipelines::PictureEdit edit;
};

void complete(EditFlags& flags) {
  // By --format, or else what --out ends in.
  const auto of_out = io::format_named(fs::path(flags.out).extension().string());
  flags.edit.format = flags.format.empty() ? of_out : io::format_named(flags.format);
  if (!flags.wants_mosaic) return;
  if (flags.mask.empty()) {
    fail(ErrorCode::kInvalidArgument, "--mosaic has no mask, expected --mask FILE with white where it is to be");
  }
  flags.edit.mosaic = io::decode_picture(platform::MappedFile::open(flags.mask)->bytes(), flags.mask);
}

fs::path write(const EditFlags& flags, const pipelines::EditedPicture& edited) {
  if (flags.out.empty()) return pipelines::save_beside(fs::absolute(flags.picture), edited);
  if (io::format_named(fs::path(flags.out).extension().string()) != edited.format) {
    fail(ErrorCode::kInvalidArgument, "--out is '{}', expected a name that ends in '{}'", printable(flags.out),
         io::file_ending(edited.format));
  }
  platform::AtomicFile file(flags.out);
  file.write(edited.bytes);
  file.commit();
  return flags.out;
}

void run(EditFlags flags) {
  complete(flags);
  const auto file = platform::MappedFile::open(flags.picture);
  const pipelines::EditedPicture edited = pipelines::edit_picture(file->bytes(), flags.edit, flags.picture);
  if (!edited.lost.empty()) {
    std::fprintf(stderr, "fude: warning: %s cannot be kept in %s\n", edited.lost.c_str(),
                 std::string(io::file_ending(edited.format)).c_str());
  }
  std::printf("%s\n", write(flags, edited).c_str());
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
      ->add_option(
          "--block", flags->edit.block,
          "side of the mosaic's squares in pixels; default: a hundredth of the longer side, at least 4 (2..1024)")
      ->check(CLI::Range(2, 1024))
      ->type_name("N");
  command->add_option("--format", flags->format, "kind of file; default: what --out ends in, else as it was")
      ->check(CLI::IsMember({"png", "jpg", "webp"}))
      ->type_name("png|jpg|webp");
  command->add_option("--quality", flags->edit.quality, "of jpg and webp, 1..100 (default 90)")
      ->check(CLI::Range(1, 100))
      ->type_name("N")
      ->capture_default_str();
  command->add_flag("--lossless", flags->edit.is_lossless, "webp without losses");
  command->add_option("-o,--out", flags->out, "where to; an older file there is replaced")->type_name("FILE");
  command->callback([flags] { run(*flags); });
}

}  // namespace fude::apps
