#include "training/painter/character.h"

#include "training/painter/random.h"

namespace fude::painter {
namespace {

using Values = std::vector<AttributeValue>;

bool has_open_eyes(const Character& c) { return c.expression != Expression::kClosedEyes; }
bool is_hat(Headwear headwear) {
  return headwear == Headwear::kBeret || headwear == Headwear::kStrawHat || headwear == Headwear::kWitchHat;
}
bool has_plain_background(const Character& c) { return c.background == Background::kSimple; }

std::string_view clothes_noun(const Character& c) {
  switch (c.clothes) {
    case Clothes::kSerafuku: return "serafuku";
    case Clothes::kBlazer: return "blazer";
    case Clothes::kShirt: return "shirt";
    case Clothes::kHoodie: return "hoodie";
    case Clothes::kSweater: return "sweater";
    case Clothes::kDress: return "dress";
    case Clothes::kKimono: return "kimono";
    case Clothes::kMaid: return "maid dress";
    case Clothes::kGakuran: return "gakuran";
    case Clothes::kArmor: return "cape";
  }
  return {};
}

std::string_view accent_noun(const Character& c) {
  const bool ends_at_shoulders = c.framing == Framing::kPortrait;  // a portrait ends above the chest
  switch (c.clothes) {
    case Clothes::kBlazer:
    case Clothes::kShirt: return "necktie";
    case Clothes::kSerafuku: return ends_at_shoulders ? "" : "neckerchief";
    case Clothes::kDress: return ends_at_shoulders ? "" : "bowtie";
    case Clothes::kKimono: return ends_at_shoulders ? "" : "obi";
    default: return {};
  }
}

std::string_view headwear_noun(const Character& c) {
  switch (c.headwear) {
    case Headwear::kBow: return "hair bow";
    case Headwear::kHairband: return "hairband";
    case Headwear::kFlower: return "hair flower";
    case Headwear::kBeret: return "beret";
    case Headwear::kWitchHat: return "witch hat";
    case Headwear::kHeadphones: return "headphones";
    default: return {};
  }
}

template <auto Member>
AttributeGroup group(std::string_view name, Subject subject, Values values,
                     std::string_view (*noun)(const Character&) = nullptr,
                     bool (*visible)(const Character&) = nullptr) {
  using Value = std::remove_reference_t<decltype(std::declval<Character&>().*Member)>;
  return {name,
          subject,
          [](const Character& c) { return static_cast<int>(c.*Member); },
          [](Character& c, int value) { c.*Member = static_cast<Value>(value); },
          noun,
          visible,
          std::move(values)};
}

Values cloth_colors(std::array<double, 8> weights) {
  constexpr std::array<std::string_view, 8> kNames{"white", "black",  "red",  "blue",
                                                   "green", "yellow", "pink", "purple"};
  Values values;
  for (std::size_t i = 0; i < kNames.size(); ++i) values.push_back({kNames[i], weights[i], weights[i], {}});
  return values;
}

std::vector<AttributeGroup> make_groups() {
  using C = Character;
  using enum Subject;
  return {
      group<&C::quality>("quality", kOther,
                         {{"masterpiece", .72, .72, {"masterpiece", "best quality"}},
                          {"plain", .12, .12, {}},
                          {"worst", .16, .16, {"worst quality", "low quality"}}}),
      group<&C::sex>("sex", kOther, {{"1girl", .75, .75, {"1girl", "solo"}}, {"1boy", .25, .25, {"1boy", "solo"}}}),
      group<&C::framing>("framing", kOther,
                         {{"upper body", .56, .56, {"upper body"}},
                          {"portrait", .32, .32, {"portrait"}},
                          {"cowboy shot", .12, .12, {"cowboy shot"}}}),
      group<&C::hair_color>("hair color", kHairColor,
                            {{"blonde", 1, 1, {"blonde hair"}},
                             {"brown", 1, 1, {"brown hair"}},
                             {"black", 1, 1, {"black hair"}},
                             {"red", 1, 1, {"red hair"}},
                             {"blue", 1, 1, {"blue hair"}},
                             {"pink", 1, 1, {"pink hair"}},
                             {"purple", 1, 1, {"purple hair"}},
                             {"green", 1, 1, {"green hair"}},
                             {"white", 1, 1, {"white hair"}},
                             {"grey", 1, 1, {"grey hair"}},
                             {"orange", 1, 1, {"orange hair"}},
                             {"aqua", 1, 1, {"aqua hair"}}}),
      group<&C::hair_length>(
          "hair length", kHairStyle,
          {{"short", 1.2, 5, {"short hair"}}, {"medium", 1.2, 1, {"medium hair"}}, {"long", 2, .4, {"long hair"}}}),
      group<&C::hair_style>("hair style", kHairStyle,
                            {{"straight", 2.4, 3, {}},
                             {"wavy", 1.2, .5, {"wavy hair"}},
                             {"bob", 1, 0, {"bob cut"}},
                             {"spiky", .2, 3, {"spiky hair"}},
                             {"ponytail", 1.3, .6, {"ponytail"}},
                             {"twintails", 1.5, 0, {"twintails"}},
                             {"twin braids", 1.1, 0, {"twin braids", "braid"}},
                             {"double bun", 1.1, 0, {"double bun", "hair bun"}},
                             {"twin drills", 1, 0, {"twin drills", "drill hair"}}}),
      group<&C::bangs>("bangs", kOther,
                       {{"blunt", 1, .4, {"blunt bangs"}},
                        {"swept", 1.1, 1.1, {"swept bangs"}},
                        {"parted", 1, 1, {"parted bangs"}},
                        {"between eyes", 1, 1.2, {"hair between eyes"}},
                        {"over one eye", .5, .5, {"hair over one eye"}}}),
      group<&C::ahoge>("ahoge", kOther, {{"none", .86, .86, {}}, {"ahoge", .14, .14, {"ahoge"}}}),
      group<&C::eye_color>("eye color", kEyeColor,
                           {{"blue", 1, 1, {"blue eyes"}},
                            {"green", 1, 1, {"green eyes"}},
                            {"red", 1, 1, {"red eyes"}},
                            {"purple", 1, 1, {"purple eyes"}},
                            {"yellow", 1, 1, {"yellow eyes"}},
                            {"brown", 1, 1, {"brown eyes"}},
                            {"pink", 1, 1, {"pink eyes"}},
                            {"aqua", 1, 1, {"aqua eyes"}}},
                           nullptr, has_open_eyes),
      group<&C::expression>("expression", kExpression,
                            {{"smile", 2.6, 2.6, {"smile", "closed mouth"}},
                             {"open mouth", 2, 2, {"open mouth", "smile", ":d"}},
                             {"closed eyes", 1.2, 1.2, {"closed eyes", "smile", "closed mouth"}},
                             {"angry", 1.2, 1.4, {"angry", "v-shaped eyebrows"}},
                             {"crying", 1.1, 1, {"crying", "tears", "sad"}},
                             {"surprised", 1.1, 1.1, {"surprised", "open mouth", "wide-eyed"}},
                             {"expressionless", 1.1, 1.2, {"expressionless", "closed mouth"}},
                             {"wink", 1.1, 1, {"one eye closed", "smile", "closed mouth"}},
                             {"embarrassed", 1, .8, {"embarrassed", "wavy mouth"}}}),
      group<&C::blush>("blush", kOther, {{"none", .68, .8, {}}, {"blush", .32, .2, {"blush"}}}),
      group<&C::gaze>("gaze", kOther,
                      {{"viewer", .75, .75, {"looking at viewer"}}, {"side", .25, .25, {"looking to the side"}}},
                      nullptr, has_open_eyes),
      group<&C::tilt>("tilt", kOther, {{"none", .78, .78, {}}, {"tilted", .22, .22, {"head tilt"}}}),
      group<&C::skin>("skin", kOther, {{"light", .9, .9, {}}, {"dark", .1, .1, {"dark skin"}}}),
      group<&C::glasses>("glasses", kOther, {{"none", .86, .86, {}}, {"glasses", .14, .14, {"glasses"}}}),
      group<&C::ears>("animal ears", kOther,
                      {{"none", .76, .88, {}},
                       {"cat", .1, .06, {"cat ears", "animal ears"}},
                       {"rabbit", .07, .01, {"rabbit ears", "animal ears"}},
                       {"fox", .07, .05, {"fox ears", "animal ears"}}}),
      group<&C::headwear>("headwear", kOther,
                          {{"none", 3.6, 5.5, {}},
                           {"bow", 1.3, 0, {"hair bow"}},
                           {"hairband", .9, 0, {"hairband"}},
                           {"flower", .9, 0, {"hair flower"}},
                           {"beret", .8, .7, {"beret", "hat"}},
                           {"straw hat", .7, .6, {"straw hat", "hat"}},
                           {"witch hat", .8, .5, {"witch hat", "hat"}},
                           {"crown", .6, .7, {"crown"}},
                           {"halo", .6, .5, {"halo"}},
                           {"headphones", .8, 1.2, {"headphones"}},
                           {"horns", .6, .9, {"horns"}}}),
      group<&C::headwear_color>("headwear color", kOther, cloth_colors({1, 1, 1, 1, 1, 1, 1, 1}), headwear_noun),
      group<&C::clothes>("clothes", kClothes,
                         {{"serafuku", 1.6, 0, {"serafuku", "school uniform"}},
                          {"blazer", 1.2, 1.3, {"blazer", "school uniform"}},
                          {"shirt", 1.1, 1.6, {"collared shirt"}},
                          {"hoodie", 1.2, 1.6, {"hoodie"}},
                          {"sweater", 1.1, 1.2, {"turtleneck", "sweater"}},
                          {"dress", 1.5, 0, {"dress", "bare shoulders"}},
                          {"kimono", 1.3, 1.2, {"kimono", "japanese clothes"}},
                          {"maid", 1, 0, {"maid", "apron"}},
                          {"gakuran", 0, 1.2, {"gakuran", "school uniform"}},
                          {"armor", .6, .9, {"armor", "cape"}}}),
      group<&C::clothes_color>("clothes color", kClothesColor, cloth_colors({1, 1, 1, 1, 1, 1, 1, 1}), clothes_noun),
      group<&C::accent_color>("accent color", kOther, cloth_colors({0, 0, 1, 1, 1, 1, 0, 0}), accent_noun),
      group<&C::background>("background", kBackground,
                            {{"simple", 3, 3, {"simple background"}},
                             {"blue sky", 1.3, 1.3, {"sky", "blue sky", "cloud", "day"}},
                             {"night sky", 1.1, 1.1, {"night sky", "night", "moon"}},
                             {"sunset", 1, 1, {"sunset", "orange sky"}},
                             {"city", 1, 1, {"city", "building"}},
                             {"forest", 1, 1, {"forest", "tree"}},
                             {"beach", 1, 1, {"beach", "ocean"}},
                             {"room", 1, 1, {"room", "indoors", "window"}},
                             {"cherry blossoms", 1, 1, {"cherry blossoms", "spring (season)"}},
                             {"snow", .9, .9, {"snow", "winter"}},
                             {"rain", .9, .9, {"rain"}},
                             {"autumn", .9, .9, {"autumn leaves", "autumn"}}}),
      group<&C::background_color>("background color", kBackground,
                                  {{"white", 2, 2, {"white background"}},
                                   {"grey", 1, 1, {"grey background"}},
                                   {"pink", 1, 1, {"pink background"}},
                                   {"blue", 1, 1, {"blue background"}},
                                   {"yellow", 1, 1, {"yellow background"}},
                                   {"green", 1, 1, {"green background"}},
                                   {"purple", 1, 1, {"purple background"}}},
                                  nullptr, has_plain_background),
  };
}

HairLength length_for(HairStyle style, HairLength length) {
  switch (style) {
    case HairStyle::kBob:
    case HairStyle::kSpiky: return HairLength::kShort;
    case HairStyle::kWavy:
    case HairStyle::kPonytail:
    case HairStyle::kTwintails:
    case HairStyle::kTwinBraids:
    case HairStyle::kTwinDrills: return length == HairLength::kShort ? HairLength::kMedium : length;
    case HairStyle::kStraight:
    case HairStyle::kDoubleBun: return length;
  }
  return length;
}

ClothColor clothes_color_for(Clothes clothes, ClothColor color) {
  if (clothes != Clothes::kGakuran) return color;
  const bool worn = color == ClothColor::kWhite || color == ClothColor::kBlack || color == ClothColor::kBlue;
  return worn ? color : ClothColor::kBlack;
}

ClothColor accent_for(ClothColor clothes, ClothColor accent) {
  if (accent < ClothColor::kRed || accent > ClothColor::kYellow) accent = ClothColor::kRed;
  if (accent != clothes) return accent;
  return accent == ClothColor::kYellow ? ClothColor::kRed : static_cast<ClothColor>(static_cast<int>(accent) + 1);
}

}  // namespace

std::string_view subject_name(Subject subject) {
  switch (subject) {
    case Subject::kBackground: return "background";
    case Subject::kHairStyle: return "hair style";
    case Subject::kClothes: return "clothes";
    case Subject::kHairColor: return "hair color";
    case Subject::kClothesColor: return "clothes color";
    case Subject::kExpression: return "expression";
    case Subject::kEyeColor: return "eye color";
    case Subject::kOther: return "other";
  }
  return {};
}

std::span<const AttributeGroup> attribute_groups() {
  static const std::vector<AttributeGroup> groups = make_groups();
  return groups;
}

bool is_visible(const AttributeGroup& group, const Character& character) {
  if (group.visible != nullptr && !group.visible(character)) return false;
  return group.noun == nullptr || !group.noun(character).empty();
}

Character consistent(Character c) {
  c.hair_length = length_for(c.hair_style, c.hair_length);
  // A wink needs both eyes in sight, and so does telling which way they look.
  if (c.bangs == Bangs::kOverOneEye && c.expression == Expression::kWink) c.bangs = Bangs::kSwept;
  if (c.expression == Expression::kEmbarrassed) c.blush = Blush::kBlush;
  if (c.ears != AnimalEars::kNone && c.headwear != Headwear::kBow && c.headwear != Headwear::kFlower)
    c.headwear = Headwear::kNone;
  if (c.hair_style == HairStyle::kDoubleBun && (is_hat(c.headwear) || c.headwear == Headwear::kHeadphones))
    c.headwear = Headwear::kNone;
  if (c.hair_style == HairStyle::kDoubleBun) c.ears = AnimalEars::kNone;
  if (is_hat(c.headwear) || c.headwear == Headwear::kCrown) c.ahoge = Ahoge::kNone;
  c.clothes_color = clothes_color_for(c.clothes, c.clothes_color);
  c.accent_color = accent_for(c.clothes_color, c.accent_color);
  return c;
}

Character draw_character(std::uint64_t seed, std::uint64_t index) {
  Random random(Random(seed).next(), index);
  Character character;
  std::vector<double> weights;
  for (const AttributeGroup& group : attribute_groups()) {
    weights.clear();
    for (const AttributeValue& value : group.values)
      weights.push_back(character.sex == Sex::kGirl ? value.girl_weight : value.boy_weight);
    group.set(character, random.weighted(weights));
  }
  character.variation = random.next();
  return consistent(character);
}

}  // namespace fude::painter
