#include "pipelines/making_notes.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <variant>

#include "core/error.h"
#include "pipelines/infotext_request.h"
#include "pipelines/infotext_values.h"
#include "pipelines/request_fields.h"

namespace fude::pipelines {
namespace {

// What shapes a picture beyond the keys that the web UI writes, or is written by it only sometimes.
constexpr std::array<std::string_view, 24> kShaping{"comma_padding_backtrack",
                                                    "enable_prompt_comments",
                                                    "enable_quantization",
                                                    "extra_networks_default_multiplier",
                                                    "img2img_background_color",
                                                    "img2img_color_correction",
                                                    "img2img_fix_steps",
                                                    "mask_blur",
                                                    "mask_blur_x",
                                                    "mask_blur_y",
                                                    "mask_round",
                                                    "overlay_inpaint",
                                                    "resize_mode",
                                                    "sd_hypernetwork",
                                                    "sd_lora",
                                                    "sdxl_refiner_high_aesthetic_score",
                                                    "sdxl_refiner_low_aesthetic_score",
                                                    "uni_pc_lower_order_final",
                                                    "uni_pc_order",
                                                    "uni_pc_skip_type",
                                                    "uni_pc_variant",
                                                    "upscaler_for_img2img",
                                                    "use_old_scheduling",
                                                    "vae_tiling"};

const RequestField* shaping_field(std::string_view title) {
  if (std::ranges::find(kShaping, title) == kShaping.end()) return nullptr;
  const RequestField* field = find_request_field(title);
  return field != nullptr ? field : find_setting(title);
}

std::string value_text(const FieldValue& value) {
  if (const auto* truth = std::get_if<bool>(&value)) return *truth ? "true" : "false";
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return fmt::format("{}", *whole);
  if (const auto* number = std::get_if<double>(&value)) return python_number(*number);
  const auto* text = std::get_if<std::string>(&value);
  return text == nullptr ? std::string() : *text;
}

// A semicolon ends a value, so one that belongs to it gets a backslash.
std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == ';' || c == '\\') result += '\\';
    result += c;
  }
  return result;
}

// The text up to its first semicolon, which is taken away with it.
std::string take_value(std::string_view& text) {
  std::string value;
  std::size_t at = 0;
  for (; at < text.size() && text[at] != ';'; ++at) {
    if (text[at] == '\\' && at + 1 < text.size()) ++at;
    value += text[at];
  }
  text.remove_prefix(std::min(at + 1, text.size()));
  return value;
}

bool is_word(std::string_view text) {
  constexpr std::size_t kLongest = 40;
  return !text.empty() && text.size() <= kLongest && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

}  // namespace

std::string to_text(const EngineProfile& profile) {
  std::string text = profile.device + " " + profile.precision;
  if (!profile.kernels.empty()) text += " " + profile.kernels;
  return text;
}

std::optional<EngineProfile> parse_engine_profile(std::string_view text) {
  std::array<std::string, 3> words;
  std::size_t count = 0;
  while (!text.empty()) {
    if (count == words.size()) return std::nullopt;
    const std::size_t space = std::min(text.find(' '), text.size());
    words[count] = text.substr(0, space);
    if (!is_word(words[count++])) return std::nullopt;
    text.remove_prefix(std::min(space + 1, text.size()));
  }
  if (count < 2) return std::nullopt;
  return EngineProfile{.device = words[0], .precision = words[1], .kernels = words[2]};
}

std::string unwritten_settings(const GenerationRequest& request, std::string_view infotext) {
  const GenerationRequest read = request_from_infotext(parse_infotext(infotext)).request;
  std::string text;
  for (const std::string_view title : kShaping) {
    const RequestField* field = shaping_field(title);
    if (field == nullptr || field_value(request, *field) == field_value(read, *field)) continue;
    if (!text.empty()) text += "; ";
    text += fmt::format("{}={}", title, escaped(value_text(field_value(request, *field))));
  }
  return text;
}

std::vector<std::string> apply_unwritten_settings(GenerationRequest& request, std::string_view text) {
  std::vector<std::string> warnings;
  while (!text.empty()) {
    const std::string part = take_value(text);
    const std::string_view assignment = strip(part);
    const std::size_t equals = assignment.find('=');
    const RequestField* field =
        equals == std::string_view::npos ? nullptr : shaping_field(assignment.substr(0, equals));
    try {
      if (field == nullptr) fail(ErrorCode::kInvalidArgument, "it is no knob that shapes pictures");
      set_field_text(request, *field, assignment.substr(equals + 1));
    } catch (const Error& error) {
      warnings.push_back(
          fmt::format("'{}: {}' is left out: {}", kSettingsKey, printable(assignment, 60), error.what()));
    }
  }
  return warnings;
}

}  // namespace fude::pipelines
