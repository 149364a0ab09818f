#include "pipelines/picture_finishing.h"

#include "io/images/composite.h"
#include "io/images/fit.h"
#include "pipelines/color_correction.h"

namespace fude::pipelines {

namespace {

// What of the picture stays where the mask of a part of it, of another size, is black.
io::Image overlay_around(const io::Image& picture, const io::Image& changed, const std::optional<Region>& place) {
  if (!place) return overlay_of(picture, changed);
  const io::Image part = io::fit(changed, place->width(), place->height(), io::FitMode::kCrop);
  return overlay_of(picture, io::crop(part, -place->left, -place->top, picture.width, picture.height));
}

// What was not masked, over an image.
io::Image with_overlay(const io::Image& image, const PreparedPictures& prepared, const GenerationRequest& request,
                       std::size_t source, const std::optional<io::Image>& changed) {
  if (prepared.overlays.empty() || !request.overlay_inpaint) return image;
  if (!changed) return overlaid(image, prepared.overlays[source], prepared.place);
  return overlaid(image, overlay_around(prepared.originals[source], *changed, prepared.place), prepared.place);
}

std::size_t source_of(const PreparedPictures& prepared, int index) {
  return static_cast<std::size_t>(index) % prepared.pictures.size();
}

// Where it belongs in the whole picture, the rest black.
io::Image in_place(const io::Image& image, const io::Image& mask, const std::optional<Region>& place) {
  if (!place) return image;
  const io::Image part = io::fit(image, place->width(), place->height(), io::FitMode::kCrop);
  return io::crop(part, -place->left, -place->top, mask.width, mask.height);
}

}  // namespace

std::vector<PictureCopy> copies_of(const io::Image& decoded, const PreparedPictures& prepared,
                                   const GenerationRequest& request, int index,
                                   const std::optional<io::Image>& changed) {
  std::vector<PictureCopy> copies;
  if (request.save_images_before_color_correction && !prepared.colours.empty()) {
    copies.push_back({.suffix = "-before-color-correction",
                      .image = with_overlay(decoded, prepared, request, source_of(prepared, index), changed),
                      .source = io::DigitalSource::kComposite});
  }
  if (!prepared.overlay_mask) return copies;
  const io::Image& mask = *prepared.overlay_mask;
  if (request.save_mask || request.return_mask) {
    copies.push_back({.suffix = "-mask",
                      .image = io::flattened(mask, {}),
                      .is_kept = request.save_mask,
                      .is_returned = request.return_mask});
  }
  if (request.save_mask_composite || request.return_mask_composite) {
    const io::Image whole = in_place(decoded, mask, prepared.place);
    copies.push_back({.suffix = "-mask-composite",
                      .image = io::unmultiplied(io::premultiplied(whole, mask)),
                      .source = io::DigitalSource::kComposite,
                      .is_kept = request.save_mask_composite,
                      .is_returned = request.return_mask_composite});
  }
  return copies;
}

io::Image finished(const io::Image& decoded, const PreparedPictures& prepared, const GenerationRequest& request,
                   int index, const std::optional<io::Image>& changed) {
  const std::size_t source = source_of(prepared, index);
  const io::Image image = prepared.colours.empty() ? decoded : color_corrected(decoded, prepared.colours[source]);
  return with_overlay(image, prepared, request, source, changed);
}

}  // namespace fude::pipelines
