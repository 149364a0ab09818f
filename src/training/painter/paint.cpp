#include "training/painter/paint.h"

#include "training/painter/quality.h"

namespace fude::painter {
namespace {

/// Where the figure stands in the frame.
struct Pose {
  Point head;     // pixels
  double scale;   // pixels in a head unit
  double mirror;  // +1 or -1
  double tilt;    // of the head, radians
};

/// How far above the crown the figure reaches, in head units.
double crest(const Character& who) {
  if (who.headwear == Headwear::kWitchHat) return 50;
  if (who.ears == AnimalEars::kRabbit) return 42;
  if (who.headwear == Headwear::kCrown || who.headwear == Headwear::kHorns || who.ears == AnimalEars::kFox) return 28;
  if (who.headwear == Headwear::kStrawHat || who.headwear == Headwear::kHalo || who.headwear == Headwear::kBeret)
    return 26;
  if (who.ears == AnimalEars::kCat || who.ahoge == Ahoge::kAhoge) return 22;
  if (who.hair_style == HairStyle::kSpiky || who.hair_style == HairStyle::kDoubleBun ||
      who.hair_style == HairStyle::kPonytail)
    return 14;
  return 0;
}

Pose draw_pose(const Stage& stage) {
  Random random = stage.random(Layer::kPlacement);
  const double above = crest(stage.who);
  Pose pose{};
  pose.mirror = random.sign();
  pose.tilt =
      stage.who.tilt == Tilt::kTilted ? random.sign() * random.between(0.15, 0.24) : random.between(-0.025, 0.025);
  pose.head.x = 128 + random.between(-8, 8);
  const double lift = random.between(-3, 3);
  switch (stage.who.framing) {
    case Framing::kPortrait:
      pose.scale = random.between(1.24, 1.34) - above * 0.005;
      pose.head.y = 120 + above * 0.5 + lift;
      break;
    case Framing::kUpperBody:
      pose.scale = random.between(0.95, 1.02) - above * 0.0025;
      pose.head.y = 97 + above * 0.45 + lift;
      break;
    case Framing::kCowboyShot:
      pose.scale = random.between(0.77, 0.81) - above * 0.001;
      pose.head.y = 78 + above * 0.4 + lift;
      break;
  }
  return pose;
}

void draw_figure(Stage& stage, const Pose& pose) {
  Canvas& canvas = stage.canvas;
  const auto tilted = [&](auto draw) {  // the head turns about the neck
    canvas.placed({0, 60}, pose.tilt, 1, 1, [&] { canvas.placed({0, -60}, 0, 1, 1, draw); });
  };
  canvas.placed(pose.head, 0, pose.scale * pose.mirror, pose.scale, [&] {
    tilted([&] {
      draw_behind_head(stage);
      draw_back_hair(stage);
    });
    canvas.placed({0, stage.is_girl() ? -5.0 : -7.0}, 0, 1, 1, [&] { draw_body(stage); });
    tilted([&] {
      draw_tails(stage);
      draw_face(stage);
      draw_eyes(stage);
      draw_brows(stage, 1);
      draw_glasses(stage);
      draw_front_hair(stage);
      draw_brows(stage, 0.5);  // brows show through the bangs, as anime has it
      draw_headwear(stage);
    });
  });
}

}  // namespace

Painting paint(const Character& character) {
  Stage stage{.who = character,
              .hair = hair_tones(character.hair_color),
              .skin = skin_tones(character.skin),
              .cloth = cloth_tones(character.clothes_color),
              .accent = cloth_tones(character.accent_color),
              .headwear = cloth_tones(character.headwear_color),
              .flaws = draw_flaws(character)};
  const Pose pose = draw_pose(stage);
  Random random(character.variation, static_cast<std::uint64_t>(Layer::kFace));
  stage.yaw = character.gaze == Gaze::kSide ? random.between(0.6, 1) : random.between(-0.7, 0.7);
  stage.head = pose.head;
  stage.scale = pose.scale;
  stage.canvas.set_slip({stage.flaws.color_slip, -0.6 * stage.flaws.color_slip});
  draw_background(stage);
  draw_figure(stage, pose);
  draw_weather(stage);
  Painting painting{.rgb = stage.canvas.pixels()};
  spoil(character, painting.rgb);
  return painting;
}

}  // namespace fude::painter
