#include "pipelines/request_json.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "core/base64.h"
#include "core/error.h"
#include "core/json_measure.h"
#include "core/nearest_name.h"
#include "pipelines/infotext.h"
#include "pipelines/infotext_request.h"
#include "pipelines/json_value.h"
#include "pipelines/request_fields.h"
#include "pipelines/sent_pictures.h"
#include "pipelines/settings.h"

namespace fude::pipelines {
namespace {

using Json = nlohmann::json;

constexpr int kDeepestNesting = 64;
constexpr std::size_t kMostMembers = 1000;  // of the request, and of its settings; each unknown one is a warning

// Members that mean work Fude does not do (yet); accepted only when they ask for nothing: null, false, 0, "", [], {}.
constexpr std::array<std::string_view, 4> kUnsupported{"alwayson_scripts", "firstphase_height", "firstphase_width",
                                                       "script_name"};

// Members of the API that have no bearing on a picture.
constexpr std::array<std::string_view, 16> kWithoutEffect{"comments",
                                                          "disable_extra_networks",
                                                          "distilled_cfg_scale",
                                                          "do_not_save_grid",
                                                          "do_not_save_samples",
                                                          "force_task_id",
                                                          "hr_additional_modules",
                                                          "hr_distilled_cfg",
                                                          "include_init_images",
                                                          "infotext",
                                                          "override_settings",
                                                          "override_settings_restore_afterwards",
                                                          "sampler_index",
                                                          "save_images",
                                                          "script_args",
                                                          "send_images"};

template <typename Names>
bool contains(const Names& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

// nlohmann's messages open with "[json.exception.parse_error.101] parse error at line 1, column 2: ".
std::string reason(const Json::exception& error) {
  const std::string_view text = error.what();
  const std::size_t end = text.find("] ");
  return printable(end == std::string_view::npos ? text : text.substr(end + 2), 160);
}

Json parse_object(std::string_view text) {
  if (text.size() > kLongestRequest) {
    fail(ErrorCode::kCorruptFile, "request has {} bytes, expected at most {}", text.size(), kLongestRequest);
  }
  const JsonMeasure measure = measure_json(text, {.depth = kDeepestNesting, .values = text.size()});
  if (measure.depth > kDeepestNesting) {
    fail(ErrorCode::kCorruptFile, "request is nested deeper than {} levels", kDeepestNesting);
  }
  try {
    Json body = Json::parse(text);
    if (!body.is_object()) fail(ErrorCode::kCorruptFile, "request is a JSON {}, expected an object", body.type_name());
    return body;
  } catch (const Json::exception& error) {
    fail(ErrorCode::kCorruptFile, "request is not JSON: {}", reason(error));
  }
}

void check_members(std::string_view name, const Json& object) {
  if (object.size() <= kMostMembers) return;
  fail(ErrorCode::kInvalidArgument, "{} has {} members, expected at most {}", name, object.size(), kMostMembers);
}

FieldValue to_value(std::string_view name, const Json& value) {
  if (std::optional<FieldValue> scalar = value_from_json(value)) return *std::move(scalar);
  fail(ErrorCode::kInvalidArgument, "{} is a JSON {}, expected one value", printable(name, 60), value.type_name());
}

bool asks_for_nothing(const Json& value) {
  if (value.is_number()) return value.get<double>() == 0;
  if (value.is_string()) return value.get_ref<const std::string&>().empty();
  return value.is_null() || value == Json(false) || value.empty();
}

void apply_settings(ParsedRequest& parsed, const Json& settings) {
  if (settings.is_null()) return;
  if (!settings.is_object()) {
    fail(ErrorCode::kInvalidArgument, "override_settings is a JSON {}, expected an object", settings.type_name());
  }
  check_members("override_settings", settings);
  parsed.saving = saving_texts(settings);
  for (const auto& [id, value] : settings.items()) {
    if (is_saving_setting(id)) continue;
    const std::string warning = apply_setting(parsed.request, id, to_value(id, value));
    if (!warning.empty()) parsed.warnings.push_back(warning);
  }
}

std::string ignored(std::string_view name) {
  std::vector<std::string_view> names(kUnsupported.begin(), kUnsupported.end());
  for (const RequestField& field : request_fields()) {
    if (!field.name.empty()) names.push_back(field.name);
  }
  return fmt::format("unknown member '{}' is ignored{}", printable(name, 60), did_you_mean(name, names));
}

void apply_styles(GenerationRequest& request, const Json& names) {
  if (names.is_null()) return;
  const bool is_list =
      names.is_array() && std::ranges::all_of(names, [](const Json& name) { return name.is_string(); });
  if (!is_list) fail(ErrorCode::kInvalidArgument, "styles is a JSON {}, expected a list of texts", names.type_name());
  request.styles = names.get<std::vector<std::string>>();
}

// What requests know beside the table's knobs, and what only request_to_json() writes.
struct TextMember {
  std::string_view name;
  std::string GenerationRequest::*member;
};
constexpr std::array<TextMember, 3> kTextMembers{
    TextMember{"lora_hashes", &GenerationRequest::lora_hashes},
    TextMember{"negative_template", &GenerationRequest::negative_template},
    TextMember{"prompt_template", &GenerationRequest::prompt_template},
};
constexpr const char* kExtraText = "extra_text";

const TextMember* find_text_member(std::string_view name) {
  const auto found = std::ranges::find(kTextMembers, name, &TextMember::name);
  return found == kTextMembers.end() ? nullptr : &*found;
}

void apply_text(GenerationRequest& request, const TextMember& member, const Json& value) {
  if (value.is_null()) return;
  if (!value.is_string()) {
    fail(ErrorCode::kInvalidArgument, "{} is a JSON {}, expected a text", member.name, value.type_name());
  }
  request.*member.member = value.get<std::string>();
}

void apply_extra_text(GenerationRequest& request, const Json& pairs) {
  if (pairs.is_null()) return;
  const auto is_pair = [](const Json& pair) {
    return pair.is_array() && pair.size() == 2 && pair[0].is_string() && pair[1].is_string();
  };
  if (!pairs.is_array() || !std::ranges::all_of(pairs, is_pair)) {
    fail(ErrorCode::kInvalidArgument, "{} is a JSON {}, expected a list of pairs of texts", kExtraText,
         pairs.type_name());
  }
  request.extra = pairs.get<std::vector<std::pair<std::string, std::string>>>();
}

// Members that are pictures, in base64.
struct PictureMember {
  std::string_view name;
  PictureBytes SourcePictures::*member;
};
constexpr std::array<PictureMember, 3> kPictureMembers{
    PictureMember{"mask", &SourcePictures::mask},
    PictureMember{"latent_mask", &SourcePictures::latent_mask},
    PictureMember{"firstpass_image", &SourcePictures::firstpass_image},
};
constexpr const char* kInitImages = "init_images";

const PictureMember* find_picture_member(std::string_view name) {
  const auto found = std::ranges::find(kPictureMembers, name, &PictureMember::name);
  return found == kPictureMembers.end() ? nullptr : &*found;
}

// A picture's file from base64, with or without "data:image/png;base64," before it; null for none.
PictureBytes picture_from(std::string_view name, const Json& value) {
  if (asks_for_nothing(value)) return {};
  if (!value.is_string()) {
    fail(ErrorCode::kInvalidArgument, "{} is a JSON {}, expected a picture in base64", name, value.type_name());
  }
  return picture_from_text(name, value.get_ref<const std::string&>());
}

void apply_init_images(GenerationRequest& request, const Json& value) {
  if (value.is_null()) return;
  if (!value.is_array()) {
    fail(ErrorCode::kInvalidArgument, "{} is a JSON {}, expected a list of pictures in base64", kInitImages,
         value.type_name());
  }
  std::vector<PictureBytes> pictures;
  for (const Json& picture : value) {
    if (PictureBytes bytes = picture_from(kInitImages, picture)) pictures.push_back(std::move(bytes));
  }
  request.sources.init_images = std::move(pictures);
}

constexpr const char* kOutpaint = "outpaint";
constexpr const char* kLoopback = "loopback";

/// A member that is an object of options; those that are absent stay as they are. Ranges are checked where the options
/// are used.
class OptionsMember {
 public:
  OptionsMember(const char* name, const Json& object) : name_(name), object_(object) {
    if (object.is_object()) return;
    fail(ErrorCode::kInvalidArgument, "{} is a JSON {}, expected an object", name, object.type_name());
  }

  void take(const char* name, bool& value) const {
    take(name, value, "truth", [](const Json& member) { return member.is_boolean(); });
  }
  void take(const char* name, double& value) const {
    take(name, value, "number", [](const Json& member) { return member.is_number(); });
  }
  void take(const char* name, std::string& value) const {
    take(name, value, "text", [](const Json& member) { return member.is_string(); });
  }
  void take(const char* name, int& value, const char* kind) const {
    take(name, value, kind, [](const Json& member) {
      return member.is_number_integer() && member.get<double>() >= 0 && member.get<double>() <= 10000;
    });
  }

 private:
  template <typename Value, typename Fits>
  void take(const char* name, Value& value, const char* kind, Fits fits) const {
    const auto found = object_.find(name);
    if (found == object_.end() || found->is_null()) return;
    if (!fits(*found)) {
      fail(ErrorCode::kInvalidArgument, "{}.{} is a JSON {}, expected a {}", name_, name, found->type_name(), kind);
    }
    value = found->template get<Value>();
  }

  const char* name_;
  const Json& object_;
};

std::optional<Outpainting> outpainting_from(const Json& value) {
  if (asks_for_nothing(value)) return std::nullopt;
  Outpainting options{.left = false, .right = false, .up = false, .down = false};  // sides that are not named stay
  const OptionsMember members(kOutpaint, value);
  members.take("left", options.left);
  members.take("right", options.right);
  members.take("up", options.up);
  members.take("down", options.down);
  members.take("pixels", options.pixels, "number of pixels");
  members.take("mask_blur", options.mask_blur, "number of pixels");
  members.take("fall_off", options.fall_off);
  members.take("color_variation", options.color_variation);
  return options;
}

std::optional<Loopback> loopback_from(const Json& value) {
  if (asks_for_nothing(value)) return std::nullopt;
  Loopback options;
  const OptionsMember members(kLoopback, value);
  members.take("loops", options.loops, "number of loops");
  members.take("final_strength", options.final_strength);
  members.take("curve", options.curve);
  return options;
}

nlohmann::ordered_json json_of(const Loopback& options) {
  return {{"loops", options.loops}, {"final_strength", options.final_strength}, {"curve", options.curve}};
}

void write_pictures(nlohmann::ordered_json& body, const SourcePictures& sources) {
  for (const PictureBytes& picture : sources.init_images) body[kInitImages].push_back(base64_encode(*picture));
  for (const PictureMember& picture : kPictureMembers) {
    if (const PictureBytes& bytes = sources.*picture.member) body[std::string(picture.name)] = base64_encode(*bytes);
  }
}

void apply_member(ParsedRequest& parsed, const std::string& name, const Json& value) {
  if (name == "styles") {
    apply_styles(parsed.request, value);
  } else if (name == kInitImages) {
    apply_init_images(parsed.request, value);
  } else if (const PictureMember* picture = find_picture_member(name)) {
    parsed.request.sources.*picture->member = picture_from(name, value);
  } else if (name == kExtraText) {
    apply_extra_text(parsed.request, value);
  } else if (name == kOutpaint) {
    parsed.outpainting = outpainting_from(value);
  } else if (name == kLoopback) {
    parsed.loopback = loopback_from(value);
  } else if (const TextMember* text = find_text_member(name)) {
    apply_text(parsed.request, *text, value);
  } else if (const RequestField* field = find_request_field(name)) {
    set_field(parsed.request, *field, to_value(name, value));
  } else if (contains(kUnsupported, name)) {
    if (!asks_for_nothing(value)) {
      fail(ErrorCode::kInvalidArgument, "{} asks for what is not supported yet, expected null or nothing", name);
    }
  } else if (!contains(kWithoutEffect, name)) {
    parsed.warnings.push_back(ignored(name));
  }
}

const Json& member(const Json& body, const char* name) {
  static const Json null;
  const auto found = body.find(name);
  return found == body.end() ? null : *found;
}

ParsedRequest defaults(const Json& body, const GenerationRequest& base) {
  const Json& infotext = member(body, "infotext");
  if (infotext.is_null() || infotext == Json("")) return {.request = base, .warnings = {}};
  if (!infotext.is_string()) {
    fail(ErrorCode::kInvalidArgument, "infotext is a JSON {}, expected a text", infotext.type_name());
  }
  LikeRequest like = request_from_infotext(parse_infotext(infotext.get_ref<const std::string&>()));
  if (like.request.width == 0) like.request.width = like.request.height = 512;
  return {.request = std::move(like.request), .warnings = std::move(like.warnings)};
}

}  // namespace

ParsedRequest parse_request(std::string_view json) { return parse_request(json, api_request()); }

std::string request_to_json(const GenerationRequest& request, const SavingTexts& saving,
                            const std::optional<Loopback>& loopback) {
  nlohmann::ordered_json body;
  nlohmann::ordered_json settings = nlohmann::ordered_json::object();
  for (const RequestField& field : request_fields()) {
    auto& place = field.name.empty() ? settings[std::string(field.setting)] : body[std::string(field.name)];
    place = value_to_json(field_value(request, field));
  }
  body["styles"] = request.styles;
  for (const TextMember& text : kTextMembers) {
    if (!(request.*text.member).empty()) body[std::string(text.name)] = request.*text.member;
  }
  if (!request.extra.empty()) body[kExtraText] = request.extra;
  write_pictures(body, request.sources);
  if (loopback) body[kLoopback] = json_of(*loopback);
  for (const auto& [id, value] : saving) settings[id] = value;
  body["override_settings"] = std::move(settings);
  return body.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

void refuse_special_work(const ParsedRequest& parsed, std::string_view place) {
  if (parsed.outpainting) fail(ErrorCode::kInvalidArgument, "outpaint is given for {}, which takes none", place);
  if (parsed.loopback) fail(ErrorCode::kInvalidArgument, "loopback is given for {}, which takes none", place);
}

ParsedRequest parse_request(std::string_view json, const GenerationRequest& base) {
  const Json body = parse_object(json);
  check_members("request", body);
  ParsedRequest parsed = defaults(body, base);
  apply_settings(parsed, member(body, "override_settings"));
  // The older name of sampler_name; the newer one wins.
  const Json& sampler_index = member(body, "sampler_index");
  if (sampler_index.is_string()) parsed.request.sampler = sampler_index.get<std::string>();
  // New words in the place of stored ones may be a template again.
  if (member(body, "prompt").is_string()) {
    parsed.request.dynamic_prompts = true;
    parsed.request.prompt_template.clear();
  }
  for (const auto& [name, value] : body.items()) apply_member(parsed, name, value);
  return parsed;
}

}  // namespace fude::pipelines
