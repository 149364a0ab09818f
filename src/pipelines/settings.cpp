#include "pipelines/settings.h"

#include <algorithm>
#include <array>
#include <type_traits>
#include <variant>

#include "core/error.h"
#include "core/nearest_name.h"

namespace fude::pipelines {
namespace {

/// A setting that is no knob of the request. `neutral`: the only values (as text, separated by "|") that keep the
/// picture as it is; empty: any value does.
struct OtherSetting {
  std::string_view id;
  std::string_view neutral{};
};

constexpr std::array kOtherSettings{
    OtherSetting{"add_user_name_to_info", "false"},
    OtherSetting{"auto_backcompat"},
    OtherSetting{"auto_vae_precision"},
    OtherSetting{"cross_attention_optimization"},
    OtherSetting{"ddim_discretize"},
    OtherSetting{"disable_weights_auto_swap"},
    OtherSetting{"dont_fix_second_order_samplers_schedule", "false"},
    OtherSetting{"enable_batch_seeds", "true"},
    OtherSetting{"fp8_storage", "Disable"},
    OtherSetting{"hires_fix_use_firstpass_conds"},
    OtherSetting{"interrupt_after_current"},
    OtherSetting{"live_preview_refresh_period"},
    OtherSetting{"live_previews_enable"},
    OtherSetting{"no_dpmpp_sde_batch_determinism", "false"},
    OtherSetting{"outdir_samples"},
    OtherSetting{"outdir_txt2img_samples"},
    OtherSetting{"pad_cond_uncond_v0", "false"},
    OtherSetting{"persistent_cond_cache"},
    OtherSetting{"samples_format", "png"},
    OtherSetting{"samples_save"},
    OtherSetting{"sd_checkpoint_cache"},
    OtherSetting{"sd_checkpoint_hash"},
    OtherSetting{"show_progress_every_n_steps"},
    OtherSetting{"show_progress_type"},
    OtherSetting{"upcast_attn"},
    OtherSetting{"use_downcasted_alpha_bar", "false"},
    OtherSetting{"use_old_emphasis_implementation", "false"},
    OtherSetting{"use_old_karras_scheduler_sigmas", "false"},
};

constexpr std::array<std::string_view, 16> kSavingSettings{"directories_filename_pattern",
                                                           "enable_pnginfo",
                                                           "export_for_4chan",
                                                           "grid_format",
                                                           "grid_only_if_multiple",
                                                           "grid_prevent_empty_spots",
                                                           "grid_save",
                                                           "jpeg_quality",
                                                           "n_rows",
                                                           "return_grid",
                                                           "samples_filename_pattern",
                                                           "samples_format",
                                                           "save_images_add_number",
                                                           "save_to_dirs",
                                                           "save_txt",
                                                           "webp_lossless"};

std::string value_text(const FieldValue& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return fmt::format("{}", *whole);
  if (const auto* real = std::get_if<double>(&value)) return fmt::format("{}", *real);
  return {};
}

// Text that means nothing is set ("", null) is neutral whatever the setting.
bool is_neutral(const OtherSetting& setting, std::string text) {
  if (text == "True") text = "true";
  if (text == "False") text = "false";
  return text.empty() || text == setting.neutral;
}

std::string apply_other(const OtherSetting& setting, const FieldValue& value) {
  if (setting.neutral.empty()) return fmt::format("setting '{}' has no effect here", setting.id);
  if (is_neutral(setting, value_text(value))) return {};
  fail(ErrorCode::kInvalidArgument, "setting '{}' is '{}', expected '{}': other values are not supported yet",
       setting.id, printable(value_text(value), 60), setting.neutral);
}

[[noreturn]] void refuse_unknown(std::string_view id) {
  std::vector<std::string_view> ids;
  for (const RequestField& field : request_fields()) {
    if (!field.setting.empty()) ids.push_back(field.setting);
  }
  for (const OtherSetting& setting : kOtherSettings) ids.push_back(setting.id);
  ids.insert(ids.end(), kSavingSettings.begin(), kSavingSettings.end());
  fail(ErrorCode::kInvalidArgument, "unknown setting '{}'{}", printable(id, 60), did_you_mean(id, ids));
}

const OtherSetting* find_other(std::string_view id) {
  const auto found = std::ranges::find(kOtherSettings, id, &OtherSetting::id);
  return found == kOtherSettings.end() ? nullptr : &*found;
}

}  // namespace

bool is_saving_setting(std::string_view id) { return std::ranges::find(kSavingSettings, id) != kSavingSettings.end(); }

bool is_setting(std::string_view id) {
  return find_setting(id) != nullptr || find_other(id) != nullptr || is_saving_setting(id);
}

std::string apply_setting(GenerationRequest& request, std::string_view id, const FieldValue& value) {
  if (const RequestField* field = find_setting(id)) {
    set_field(request, *field, value);
    return {};
  }
  if (const OtherSetting* other = find_other(id)) return apply_other(*other, value);
  if (!is_saving_setting(id)) refuse_unknown(id);
  return fmt::format("setting '{}' has no effect here", id);
}

std::string apply_setting_text(GenerationRequest& request, std::string_view assignment) {
  const std::size_t equals = assignment.find('=');
  if (equals == std::string_view::npos) {
    fail(ErrorCode::kInvalidArgument, "setting '{}' has no value, expected ID=VALUE", printable(assignment, 60));
  }
  const std::string_view id = assignment.substr(0, equals), value = assignment.substr(equals + 1);
  if (const RequestField* field = find_setting(id)) {
    set_field_text(request, *field, value);
    return {};
  }
  return apply_setting(request, id, std::string(value));
}

}  // namespace fude::pipelines
