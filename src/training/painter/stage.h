#pragma once

#include <span>

#include "training/painter/canvas.h"
#include "training/painter/character.h"
#include "training/painter/palette.h"
#include "training/painter/random.h"

namespace fude::painter {

inline constexpr int kPictureSize = 256;

/// Each layer draws its jitter from its own stream, so a change in one never shifts another.
enum class Layer : std::uint64_t { kPlacement = 1, kBackground, kHair, kBody, kFace, kHeadwear, kWeather, kQuality };

/// What a bad picture gets wrong while it is drawn; all zero in a good one. Head units.
struct Flaws {
  double eye_drop = 0;      // one eye sits lower than the other
  double eye_growth = 0;    // and is larger by this part
  double face_stretch = 0;  // the face is drawn this part too long or too short
  double color_slip = 0;    // fills miss their lines by this much
};

/// What the layers share while one picture is drawn. Figures are drawn in head units: origin in the middle of the head,
/// y down, face half as wide as 46, chin at 57, crown of the hair at -76; placement scales that to pixels.
struct Stage {
  const Character& who;
  Canvas canvas{kPictureSize};
  Tones hair, skin, cloth, accent, headwear;
  Point head{};      // its middle, in pixels
  double scale = 1;  // pixels in a head unit
  double yaw = 0;    // features shift sideways by up to 4 head units
  Flaws flaws;

  Random random(Layer layer) const { return Random(who.variation, static_cast<std::uint64_t>(layer)); }
  bool is_girl() const { return who.sex == Sex::kGirl; }
};

inline constexpr double kLine = 2.1;  // width of an outline in head units

// In the order of drawing. Frame: pixels (background, weather), head (may be tilted) or body, both in head units.
void draw_background(Stage& stage);
void draw_behind_head(Stage& stage);  // head: halo, ears of animals, horns
void draw_back_hair(Stage& stage);    // head: what hangs behind the neck
void draw_body(Stage& stage);         // body: neck and clothes
void draw_tails(Stage& stage);        // head: what hangs beside the face, before the shoulders
void draw_face(Stage& stage);         // head: skin, blush, nose, mouth
void draw_eyes(Stage& stage);         // head
void draw_glasses(Stage& stage);      // head
void draw_front_hair(Stage& stage);   // head: bangs and what hangs before the chest
void draw_brows(Stage& stage, double opacity);
void draw_headwear(Stage& stage);  // head
void draw_weather(Stage& stage);   // rain, snow, petals and leaves before the figure

/// The edge of the bangs from left to right: tips and the valleys between them, mirrored never.
std::vector<Point> bangs_edge(const Stage& stage);
/// The lower edge traced as locks of hair, starting at the path's current point, which must be edge.front().
void trace_locks(Path& path, std::span<const Point> edge);

/// A bow of ribbon about 50 wide at scale 1.
void draw_bow(Canvas& canvas, Point at, double scale, const Tones& tones);

}  // namespace fude::painter
