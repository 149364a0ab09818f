#include "pipelines/picture_editing.h"

#include "io/images/mosaic.h"
#include "io/images/picture_decoder.h"
#include "io/images/picture_format.h"
#include "io/images/picture_notes.h"
#include "io/images/riff_chunks.h"
#include "pipelines/output_files.h"

namespace fude::pipelines {
namespace {

bool is_lossless_webp(std::span<const std::byte> bytes) {
  bool is_lossless = false;
  io::for_each_chunk(bytes, [&](const io::RiffChunk& chunk) { is_lossless = is_lossless || chunk.type == "VP8L"; });
  return is_lossless;
}

io::Image edited(io::Image image, const PictureEdit& edit) {
  if (!edit.mosaic) return image;
  return io::mosaic(image, *edit.mosaic, edit.block == 0 ? io::mosaic_block(image) : edit.block);
}

}  // namespace

EditedPicture edit_picture(std::span<const std::byte> bytes, const PictureEdit& edit, std::string_view name) {
  const io::Image image = edited(io::decode_picture(bytes, name), edit);
  const io::PictureFormat old = io::picture_format(bytes).value_or(io::PictureFormat::kPng);
  const io::PictureFormat format = edit.format.value_or(old);
  const bool had_no_losses = old == io::PictureFormat::kWebp && is_lossless_webp(bytes);
  const io::PictureNotes notes = io::picture_notes(bytes);
  return {
      .bytes = io::encode_picture(
          image, {.format = format, .quality = edit.quality, .is_lossless = edit.is_lossless || had_no_losses}, notes),
      .format = format,
      .lost = std::string(io::loss_of_notes(notes, format))};
}

std::filesystem::path save_beside(const std::filesystem::path& picture, const EditedPicture& edited) {
  return save_new(picture.parent_path(),
                  {.stem = picture.stem().string() + "-edited",
                   .ending = std::string(io::file_ending(edited.format)),
                   .is_numbered = false},
                  edited.bytes);
}

}  // namespace fude::pipelines
