#pragma once

#include <cstdint>
#include <vector>

#include "pipelines/comparison/grid_drawing.h"

namespace fude::pipelines::comparison {

/// How a legend is set: letters `size` pixels high in lines no wider than `width`.
struct TextFrame {
  int width = 0;
  double size = 0;
};

/// Pixels that the legend takes in height.
int text_height(const Legend& legend, const TextFrame& frame);

/// Draws it into `image` (RGB), in the middle of `width` x `height` pixels at (x, y), cut off at that box.
struct TextBox {
  int x = 0, y = 0, width = 0, height = 0;
};
void draw_text(io::Image& image, const Legend& legend, const TextFrame& frame, const TextBox& box);

}  // namespace fude::pipelines::comparison
