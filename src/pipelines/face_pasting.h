#pragma once

#include <optional>

#include "io/images/affine.h"
#include "io/images/image.h"
#include "io/images/soft_mask.h"
#include "models/face_restoration/face_boxes.h"

namespace fude::pipelines {

/// The map of a picture onto an upright face of `side` pixels, by the landmarks: where faces are on the average of
/// FFHQ, whose faces the published networks were trained on. Absent where the landmarks fit nowhere.
std::optional<io::AffineMap> upright_map(const models::DetectedFace& face, int side);

/// The mask of a face [side, side] that shows what `is_face` says of each pixel, with soft edges, and nothing near the
/// picture's frame. `is_face`: rows from top to bottom.
io::SoftMask parsed_mask(const std::vector<bool>& is_face, int side);

/// Lays an upright face back where it came from. `mask`: of the face; absent: its whole square, with edges as soft as a
/// twentieth of it is wide. Pixels that the mask leaves out stay bit for bit. `picture` has 3 channels.
void paste_face(io::Image& picture, const io::Image& face, const io::AffineMap& to_face,
                const std::optional<io::SoftMask>& mask);

}  // namespace fude::pipelines
