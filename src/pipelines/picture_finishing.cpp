#include "pipelines/picture_finishing.h"

#include "pipelines/color_correction.h"

namespace fude::pipelines {

io::Image finished(const io::Image& decoded, const PreparedPictures& prepared, const GenerationRequest& request,
                   int index) {
  const std::size_t source = static_cast<std::size_t>(index) % prepared.pictures.size();
  const io::Image image = prepared.colours.empty() ? decoded : color_corrected(decoded, prepared.colours[source]);
  if (prepared.overlays.empty() || !request.overlay_inpaint) return image;
  return overlaid(image, prepared.overlays[source], prepared.place);
}

}  // namespace fude::pipelines
