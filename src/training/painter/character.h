#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace fude::painter {

enum class Quality : std::uint8_t { kMasterpiece, kPlain, kWorst };
enum class Sex : std::uint8_t { kGirl, kBoy };
enum class Skin : std::uint8_t { kLight, kDark };
enum class HairColor : std::uint8_t {
  kBlonde,
  kBrown,
  kBlack,
  kRed,
  kBlue,
  kPink,
  kPurple,
  kGreen,
  kWhite,
  kGrey,
  kOrange,
  kAqua
};
enum class HairLength : std::uint8_t { kShort, kMedium, kLong };
enum class HairStyle : std::uint8_t {
  kStraight,
  kWavy,
  kBob,
  kSpiky,
  kPonytail,
  kTwintails,
  kTwinBraids,
  kDoubleBun,
  kTwinDrills
};
enum class Bangs : std::uint8_t { kBlunt, kSwept, kParted, kBetweenEyes, kOverOneEye };
enum class Ahoge : std::uint8_t { kNone, kAhoge };
enum class EyeColor : std::uint8_t { kBlue, kGreen, kRed, kPurple, kYellow, kBrown, kPink, kAqua };
enum class Expression : std::uint8_t {
  kSmile,
  kOpenMouth,
  kClosedEyes,
  kAngry,
  kCrying,
  kSurprised,
  kExpressionless,
  kWink,
  kEmbarrassed
};
enum class Blush : std::uint8_t { kNone, kBlush };
enum class Gaze : std::uint8_t { kViewer, kSide };
enum class Tilt : std::uint8_t { kNone, kTilted };
enum class Glasses : std::uint8_t { kNone, kGlasses };
enum class AnimalEars : std::uint8_t { kNone, kCat, kRabbit, kFox };
enum class Headwear : std::uint8_t {
  kNone,
  kBow,
  kHairband,
  kFlower,
  kBeret,
  kStrawHat,
  kWitchHat,
  kCrown,
  kHalo,
  kHeadphones,
  kHorns
};
enum class Clothes : std::uint8_t {
  kSerafuku,
  kBlazer,
  kShirt,
  kHoodie,
  kSweater,
  kDress,
  kKimono,
  kMaid,
  kGakuran,
  kArmor
};
/// Colours of cloth; clothes, headwear and accents (ties, bows, sashes) all draw from it.
enum class ClothColor : std::uint8_t { kWhite, kBlack, kRed, kBlue, kGreen, kYellow, kPink, kPurple };
enum class Framing : std::uint8_t { kUpperBody, kPortrait, kCowboyShot };
enum class Background : std::uint8_t {
  kSimple,
  kBlueSky,
  kNightSky,
  kSunset,
  kCity,
  kForest,
  kBeach,
  kRoom,
  kCherryBlossoms,
  kSnow,
  kRain,
  kAutumn
};
enum class BackgroundColor : std::uint8_t { kWhite, kGrey, kPink, kBlue, kYellow, kGreen, kPurple };

/// Everything that decides a picture. Attributes are named in the caption; `variation` decides what is not: jitter of
/// shapes, mirror image, the exact placement in the frame, the kinds of flaws of a bad picture.
struct Character {
  Quality quality = Quality::kMasterpiece;
  Sex sex = Sex::kGirl;
  Skin skin = Skin::kLight;
  HairColor hair_color = HairColor::kBrown;
  HairLength hair_length = HairLength::kMedium;
  HairStyle hair_style = HairStyle::kStraight;
  Bangs bangs = Bangs::kSwept;
  Ahoge ahoge = Ahoge::kNone;
  EyeColor eye_color = EyeColor::kBlue;
  Expression expression = Expression::kSmile;
  Blush blush = Blush::kNone;
  Gaze gaze = Gaze::kViewer;
  Tilt tilt = Tilt::kNone;
  Glasses glasses = Glasses::kNone;
  AnimalEars ears = AnimalEars::kNone;
  Headwear headwear = Headwear::kNone;
  ClothColor headwear_color = ClothColor::kRed;
  Clothes clothes = Clothes::kShirt;
  ClothColor clothes_color = ClothColor::kWhite;
  ClothColor accent_color = ClothColor::kRed;
  Framing framing = Framing::kUpperBody;
  Background background = Background::kSimple;
  BackgroundColor background_color = BackgroundColor::kWhite;
  std::uint64_t variation = 0;

  bool operator==(const Character&) const = default;
};

/// The heading under which a judge's accuracy on a group is reported.
enum class Subject : std::uint8_t {
  kBackground,
  kHairStyle,
  kClothes,
  kHairColor,
  kClothesColor,
  kExpression,
  kEyeColor,
  kOther
};
inline constexpr int kSubjectCount = 8;
std::string_view subject_name(Subject subject);

/// One value of a group: how often it is drawn, and what the caption says of it.
struct AttributeValue {
  std::string_view name;
  double girl_weight = 1;
  double boy_weight = 1;
  std::vector<std::string_view> tags;  // empty: the value goes without saying
};

/// One independent attribute. Painter, captions, judge and tests all read kinds and tags from these rows.
struct AttributeGroup {
  std::string_view name;
  Subject subject;
  int (*get)(const Character&);
  void (*set)(Character&, int);
  /// What the colour is of ("kimono"): the tag is then "red kimono". Null: the values' own tags. Empty: not visible.
  std::string_view (*noun)(const Character&);
  /// False where the picture cannot show the attribute (eye colour of closed eyes). Null: always visible.
  bool (*visible)(const Character&);
  std::vector<AttributeValue> values;
};

/// All groups, in the order of a caption. The table never changes while the program runs.
std::span<const AttributeGroup> attribute_groups();

/// Whether the picture of this character shows the group at all; captions and judges skip it otherwise.
bool is_visible(const AttributeGroup& group, const Character& character);

/// Mends combinations that cannot be drawn (a bob is short, a hat leaves no place for an ahoge). Every character that
/// draw_character gives is already consistent; a character made by hand should pass here before paint().
Character consistent(Character character);

/// Character `index` of the data set `seed`; depends on nothing else.
Character draw_character(std::uint64_t seed, std::uint64_t index);

}  // namespace fude::painter
