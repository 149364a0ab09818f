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

}  // namespace

io::Image finished(const io::Image& decoded, const PreparedPictures& prepared, const GenerationRequest& request,
                   int index, const std::optional<io::Image>& changed) {
  const std::size_t source = static_cast<std::size_t>(index) % prepared.pictures.size();
  const io::Image image = prepared.colours.empty() ? decoded : color_corrected(decoded, prepared.colours[source]);
  if (prepared.overlays.empty() || !request.overlay_inpaint) return image;
  if (!changed) return overlaid(image, prepared.overlays[source], prepared.place);
  return overlaid(image, overlay_around(prepared.originals[source], *changed, prepared.place), prepared.place);
}

}  // namespace fude::pipelines
