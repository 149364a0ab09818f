#include "pipelines/comparison/grid_drawing.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "core/error.h"
#include "pipelines/comparison/legend_text.h"

namespace fude::pipelines::comparison {
namespace {

bool has_words(const std::vector<Legend>& legends) {
  return std::ranges::any_of(legends, [](const Legend& legend) {
    return std::ranges::any_of(legend, [](const LegendLine& line) { return !line.text.empty(); });
  });
}

/// Where things stand, in pixels.
struct Measures {
  double letter = 0;  // height
  int left = 0;       // width of the column of legends
  int top = 0;        // height of the row of legends
  int row_height = 0;

  TextFrame left_frame() const { return {.width = std::max(1, left - 2 * padding()), .size = letter}; }
  int padding() const { return static_cast<int>(letter / 2); }
};

Measures measure(const GridLayout& layout) {
  Measures measures{.letter = std::max(8.0, (layout.cell_width + layout.cell_height) / 25.0)};
  measures.row_height = layout.cell_height;
  if (has_words(layout.row_legends)) {
    measures.left = layout.cell_width * 3 / 4;
    for (const Legend& legend : layout.row_legends) {
      measures.row_height = std::max(measures.row_height, text_height(legend, measures.left_frame()));
    }
  }
  if (has_words(layout.column_legends)) {
    for (const Legend& legend : layout.column_legends) {
      measures.top = std::max(measures.top, text_height(legend, {.width = layout.cell_width, .size = measures.letter}));
    }
    measures.top += 2 * measures.padding();
  }
  return measures;
}

std::int64_t stretch(std::int64_t count, std::int64_t size, std::int64_t margin) {
  return count * size + (count - 1) * margin;
}

GridSize size_of(const GridLayout& layout, const Measures& measures) {
  return {.width = measures.left + stretch(static_cast<std::int64_t>(layout.columns), layout.cell_width, layout.margin),
          .height = measures.top + stretch(static_cast<std::int64_t>(layout.rows), measures.row_height, layout.margin)};
}

std::uint8_t* pixel(io::Image& image, int x, int y) {
  return &image.pixels[(static_cast<std::size_t>(y) * static_cast<std::size_t>(image.width) +
                        static_cast<std::size_t>(x)) *
                       3];
}

// The part of a picture that fits the box, in its middle.
void copy_picture(io::Image& grid, const io::Image& picture, const TextBox& box) {
  const int width = std::min(picture.width, box.width), height = std::min(picture.height, box.height);
  const int x = box.x + (box.width - width) / 2, y = box.y + (box.height - height) / 2;
  const auto channels = static_cast<std::size_t>(picture.channels);
  for (int row = 0; row < height; ++row) {
    const std::uint8_t* from =
        &picture.pixels[static_cast<std::size_t>(row) * static_cast<std::size_t>(picture.width) * channels];
    std::uint8_t* to = pixel(grid, x, y + row);
    if (channels == 3) {
      std::memcpy(to, from, static_cast<std::size_t>(width) * 3);
      continue;
    }
    for (int i = 0; i < width; ++i, from += channels, to += 3) {
      for (std::size_t c = 0; c < 3; ++c) to[c] = from[channels == 1 ? 0 : c];
    }
  }
}

void draw_message(io::Image& grid, const std::string& message, const Measures& measures, const TextBox& box) {
  const int width = std::max(1, box.width - 2 * measures.padding());
  draw_text(grid, {{.text = message}}, {.width = width, .size = measures.letter * 0.75}, box);
}

}  // namespace

GridSize grid_size(const GridLayout& layout) { return size_of(layout, measure(layout)); }

void check_grid_size(const GridSize& size, double most_megapixels) {
  const double megapixels = static_cast<double>(size.width) * static_cast<double>(size.height) / 1e6;
  if (megapixels <= most_megapixels) return;
  fail(ErrorCode::kInvalidArgument,
       "the grid would have {}x{} pixels ({:.0f} million), expected at most {:.0f} million: take fewer values or "
       "smaller pictures",
       size.width, size.height, megapixels, most_megapixels);
}

io::Image draw_grid(const GridLayout& layout, std::span<const GridPlace> places) {
  const Measures measures = measure(layout);
  const GridSize size = size_of(layout, measures);
  check_grid_size(size);
  io::Image grid{.width = static_cast<int>(size.width),
                 .height = static_cast<int>(size.height),
                 .channels = 3,
                 .pixels = std::vector<std::uint8_t>(static_cast<std::size_t>(size.width * size.height) * 3, 255)};

  const int step_x = layout.cell_width + layout.margin, step_y = measures.row_height + layout.margin;
  const TextFrame top_frame{.width = layout.cell_width, .size = measures.letter};
  for (std::size_t column = 0; measures.top > 0 && column < layout.column_legends.size(); ++column) {
    draw_text(grid, layout.column_legends[column], top_frame,
              {.x = measures.left + static_cast<int>(column) * step_x,
               .y = 0,
               .width = layout.cell_width,
               .height = measures.top});
  }
  for (std::size_t row = 0; measures.left > 0 && row < layout.row_legends.size(); ++row) {
    draw_text(grid, layout.row_legends[row], measures.left_frame(),
              {.x = 0,
               .y = measures.top + static_cast<int>(row) * step_y,
               .width = measures.left,
               .height = measures.row_height});
  }
  for (std::size_t i = 0; i < std::min(places.size(), layout.columns * layout.rows); ++i) {
    const TextBox box{.x = measures.left + static_cast<int>(i % layout.columns) * step_x,
                      .y = measures.top + static_cast<int>(i / layout.columns) * step_y,
                      .width = layout.cell_width,
                      .height = measures.row_height};
    if (places[i].picture != nullptr) {
      copy_picture(grid, *places[i].picture, box);
    } else if (!places[i].message.empty()) {
      draw_message(grid, places[i].message, measures, box);
    }
  }
  return grid;
}

std::size_t grid_rows(std::size_t count, int wanted, std::size_t batch_size, bool prevents_empty) {
  std::size_t rows = 1;
  if (wanted > 0) {
    rows = static_cast<std::size_t>(wanted);
  } else if (wanted == 0) {
    rows = (count + batch_size - 1) / std::max<std::size_t>(1, batch_size);
  } else {
    rows = static_cast<std::size_t>(std::lround(std::sqrt(static_cast<double>(count))));
  }
  rows = std::clamp<std::size_t>(rows, 1, count);
  while (prevents_empty && count % rows != 0) --rows;
  return rows;
}

GridLayout plain_layout(std::span<const GridPlace> places, std::size_t rows) {
  GridLayout layout{.columns = (places.size() + rows - 1) / rows, .rows = rows};
  for (const GridPlace& place : places) {
    if (place.picture == nullptr) continue;
    layout.cell_width = std::max(layout.cell_width, place.picture->width);
    layout.cell_height = std::max(layout.cell_height, place.picture->height);
  }
  return layout;
}

}  // namespace fude::pipelines::comparison
