#include "pipelines/comparison/legend_text.h"

#include <pango/pangocairo.h>

#include <algorithm>
#include <memory>
#include <string>

#include "core/error.h"

namespace fude::pipelines::comparison {
namespace {

// Fonts with Japanese first, so that a line of both scripts is of one hand; Pango takes others for what they lack.
constexpr const char* kFonts = "Noto Sans CJK JP,Noto Sans JP,IPAPGothic,IPAGothic,Noto Sans,DejaVu Sans,Sans";
constexpr std::size_t kLongestLine = 2000;  // bytes; more is no legend
constexpr double kSmallest = 6;             // pixels

struct Release {
  void operator()(cairo_surface_t* surface) const { cairo_surface_destroy(surface); }
  void operator()(cairo_t* context) const { cairo_destroy(context); }
  void operator()(PangoLayout* layout) const { g_object_unref(layout); }
  void operator()(PangoFontDescription* font) const { pango_font_description_free(font); }
  void operator()(PangoAttrList* list) const { pango_attr_list_unref(list); }
};
template <typename Thing>
using Owned = std::unique_ptr<Thing, Release>;

/// A sheet of paper that text can be set on.
struct Sheet {
  Owned<cairo_surface_t> surface;
  Owned<cairo_t> context;

  Sheet(int width, int height)
      : surface(cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height)), context(cairo_create(surface.get())) {
    if (cairo_status(context.get()) != CAIRO_STATUS_SUCCESS) {
      fail(ErrorCode::kOutOfResources, "there is no memory for a legend of {}x{} pixels", width, height);
    }
  }
};

std::string shown(const LegendLine& line) { return printable(line.text, kLongestLine); }

Owned<PangoLayout> layout_of(cairo_t* context, const LegendLine& line, int width, double size) {
  Owned<PangoLayout> layout(pango_cairo_create_layout(context));
  const Owned<PangoFontDescription> font(pango_font_description_from_string(kFonts));
  pango_font_description_set_absolute_size(font.get(), size * PANGO_SCALE);
  // Kanji are shared with Chinese: the language says whose shapes are meant.
  pango_context_set_language(pango_layout_get_context(layout.get()), pango_language_from_string("ja"));
  pango_layout_set_font_description(layout.get(), font.get());
  pango_layout_set_width(layout.get(), width * PANGO_SCALE);
  pango_layout_set_wrap(layout.get(), PANGO_WRAP_WORD);
  pango_layout_set_alignment(layout.get(), PANGO_ALIGN_CENTER);
  const std::string text = shown(line);
  pango_layout_set_text(layout.get(), text.data(), static_cast<int>(text.size()));
  if (!line.is_active) {
    const Owned<PangoAttrList> attributes(pango_attr_list_new());
    pango_attr_list_insert(attributes.get(), pango_attr_strikethrough_new(TRUE));
    pango_layout_set_attributes(layout.get(), attributes.get());
  }
  return layout;
}

int height_of(PangoLayout* layout) {
  int height = 0;
  pango_layout_get_pixel_size(layout, nullptr, &height);
  return height;
}

bool is_too_wide(PangoLayout* layout, int width) {
  PangoRectangle logical;
  pango_layout_get_pixel_extents(layout, nullptr, &logical);
  return logical.width > width;
}

// Smaller where a word is wider than the line; what is still too wide then is broken within words.
Owned<PangoLayout> fitting_layout(cairo_t* context, const LegendLine& line, const TextFrame& frame) {
  double size = std::max(frame.size, kSmallest);
  Owned<PangoLayout> layout = layout_of(context, line, frame.width, size);
  while (is_too_wide(layout.get(), frame.width) && size > std::max(frame.size / 2, kSmallest)) {
    size *= 0.9;
    layout = layout_of(context, line, frame.width, size);
  }
  if (is_too_wide(layout.get(), frame.width)) pango_layout_set_wrap(layout.get(), PANGO_WRAP_WORD_CHAR);
  return layout;
}

int gap_of(const TextFrame& frame) { return static_cast<int>(frame.size / 4); }

void copy_to(io::Image& image, const Sheet& sheet, const TextBox& box) {
  cairo_surface_flush(sheet.surface.get());
  const unsigned char* const pixels = cairo_image_surface_get_data(sheet.surface.get());
  const int stride = cairo_image_surface_get_stride(sheet.surface.get());
  for (int y = 0; y < box.height; ++y) {
    std::uint8_t* to = &image.pixels[(static_cast<std::size_t>(box.y + y) * static_cast<std::size_t>(image.width) +
                                      static_cast<std::size_t>(box.x)) *
                                     3];
    const auto* from = reinterpret_cast<const std::uint32_t*>(pixels + static_cast<std::ptrdiff_t>(y) * stride);
    for (int x = 0; x < box.width; ++x, to += 3) {
      to[0] = static_cast<std::uint8_t>(from[x] >> 16);
      to[1] = static_cast<std::uint8_t>(from[x] >> 8);
      to[2] = static_cast<std::uint8_t>(from[x]);
    }
  }
}

}  // namespace

int text_height(const Legend& legend, const TextFrame& frame) {
  const Sheet sheet(1, 1);
  int height = 0;
  for (const LegendLine& line : legend) {
    if (line.text.empty()) continue;
    height += (height > 0 ? gap_of(frame) : 0) + height_of(fitting_layout(sheet.context.get(), line, frame).get());
  }
  return height;
}

void draw_text(io::Image& image, const Legend& legend, const TextFrame& frame, const TextBox& box) {
  if (box.width < 1 || box.height < 1) return;
  const Sheet sheet(box.width, box.height);
  cairo_t* const context = sheet.context.get();
  cairo_set_source_rgb(context, 1, 1, 1);
  cairo_paint(context);
  double y = std::max(0, (box.height - text_height(legend, frame)) / 2);
  for (const LegendLine& line : legend) {
    if (line.text.empty()) continue;
    const Owned<PangoLayout> layout = fitting_layout(context, line, frame);
    const double ink = line.is_active ? 0 : 0.6;
    cairo_set_source_rgb(context, ink, ink, ink);
    cairo_move_to(context, (box.width - frame.width) / 2.0, y);
    pango_cairo_show_layout(context, layout.get());
    y += height_of(layout.get()) + gap_of(frame);
  }
  copy_to(image, sheet, box);
}

}  // namespace fude::pipelines::comparison
