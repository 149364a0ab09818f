#include "service/picture_editor.h"

#include <optional>

#include "core/error.h"
#include "core/platform/mapped_file.h"
#include "pipelines/picture_editing.h"
#include "service/gallery.h"

namespace fude::service {
namespace {

// Tags, stars and note lie beside the file, not in it.
Picture with_words_of(Gallery& gallery, const Picture& before, Picture added) {
  if (before.tags.empty() && before.rating == 0 && before.note.empty()) return added;
  return gallery.change(added.id, {.rating = before.rating, .note = before.note, .tags = before.tags});
}

}  // namespace

Picture add_mosaic(Gallery& gallery, PictureId id, const pipelines::PictureBytes& mask, int block) {
  const std::optional<Picture> before = gallery.find(id);
  if (!before) fail(ErrorCode::kNotFound, "there is no picture {}", id);
  if (before->deleted_at) {
    fail(ErrorCode::kInvalidArgument, "picture {} is in the bin, expected one of the gallery", id);
  }
  const std::filesystem::path path = gallery.path_of(*before);
  const auto file = platform::MappedFile::open(path);
  const pipelines::EditedPicture edited = pipelines::edit_picture(
      file->bytes(), {.mosaic = pipelines::decode_source(mask, "mask"), .block = block}, before->file);
  return with_words_of(gallery, *before, gallery.add(pipelines::save_beside(path, edited), before->job, before->index));
}

}  // namespace fude::service
