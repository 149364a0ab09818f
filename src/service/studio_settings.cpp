#include "service/studio_settings.h"

#include <algorithm>
#include <array>
#include <string>

namespace fude::service {
namespace {

constexpr std::array<std::string_view, 1> kFormats{"png"};
constexpr std::array<std::string_view, 3> kLanguages{"None", "en", "ja"};
constexpr std::array<std::string_view, 3> kThemes{"auto", "light", "dark"};

struct Group {
  std::string_view start;  // of a setting's id
  std::string_view name;
};

// The first that fits counts.
constexpr std::array kKnobGroups{
    Group{"sdxl_", "sdxl"},
    Group{"sd_lora", "prompt"},
    Group{"sd_hypernetwork", "prompt"},
    Group{"sd_", "model"},
    Group{"vae_", "model"},
    Group{"prediction_type", "model"},
    Group{"refiner_", "model"},
    Group{"dynamic_prompts", "prompt"},
    Group{"combinatorial", "prompt"},
    Group{"max_generations", "prompt"},
    Group{"CLIP_", "prompt"},
    Group{"emphasis", "prompt"},
    Group{"comma_", "prompt"},
    Group{"enable_prompt_comments", "prompt"},
    Group{"use_old_scheduling", "prompt"},
    Group{"extra_networks_", "prompt"},
    Group{"eta_noise_seed_delta", "seed"},
    Group{"randn_source", "seed"},
    Group{"tiling", "picture"},
    Group{"add_", "picture text"},
    Group{"lora_add_", "picture text"},
    Group{"s_min_uncond", "guidance"},
    Group{"eta_", "sampling"},
    Group{"s_", "sampling"},
    Group{"sigma_", "sampling"},
    Group{"rho", "sampling"},
    Group{"beta_", "sampling"},
    Group{"sgm_", "sampling"},
    Group{"always_", "sampling"},
    Group{"enable_quantization", "sampling"},
    Group{"uni_pc_", "sampling"},
    Group{"token_merging", "speed"},
    Group{"hypertile_", "speed"},
    Group{"batch_cond_uncond", "speed"},
    Group{"", "guidance"},
};

}  // namespace

std::string_view knob_group(std::string_view id) {
  return std::ranges::find_if(kKnobGroups, [id](const Group& group) { return id.starts_with(group.start); })->name;
}

std::span<const SettingRow> studio_settings() {
  static const std::array kRows{
      SettingRow{.id = "samples_format",
                 .group = "saving",
                 .kind = SettingKind::kText,
                 .standard = std::string("png"),
                 .choices = kFormats,
                 .help = "file format of saved pictures",
                 .help_ja = "保存する画像の形式"},
      SettingRow{.id = "outdir_txt2img_samples",
                 .group = "saving",
                 .kind = SettingKind::kText,
                 .standard = std::string("txt2img-images"),
                 .help = "folder for pictures made from words, below the outputs folder",
                 .help_ja = "言葉から作った画像のフォルダー（outputsフォルダーの中）"},
      SettingRow{.id = "save_to_dirs",
                 .group = "saving",
                 .kind = SettingKind::kTruth,
                 .standard = true,
                 .help = "a folder for each day",
                 .help_ja = "日付ごとのフォルダーに分ける"},
      SettingRow{.id = "live_previews_enable",
                 .group = "previews",
                 .kind = SettingKind::kTruth,
                 .standard = true,
                 .help = "show the picture while it is being made",
                 .help_ja = "作っている途中の画像を表示する"},
      SettingRow{.id = "show_progress_every_n_steps",
                 .group = "previews",
                 .kind = SettingKind::kWhole,
                 .standard = std::int64_t{1},
                 .minimum = -1,
                 .maximum = 1000,
                 .help = "steps between two previews, which come twice a second at most; -1: none",
                 .help_ja = "途中の画像を何ステップごとに更新するか（最大で毎秒2回、-1：表示しない）"},
      SettingRow{.id = "live_preview_refresh_period",
                 .group = "previews",
                 .kind = SettingKind::kWhole,
                 .standard = std::int64_t{1000},
                 .minimum = 100,
                 .maximum = 60000,
                 .help = "milliseconds between two looks of a page that asks for progress",
                 .help_ja = "進み具合を確認する間隔（ミリ秒）"},
      SettingRow{.id = "sd_checkpoints_limit",
                 .group = "memory",
                 .kind = SettingKind::kWhole,
                 .standard = std::int64_t{2},
                 .minimum = 1,
                 .maximum = 10,
                 .help = "models kept in memory at most, where it is large enough",
                 .help_ja = "メモリに置いておくモデルの最大数（メモリが足りる場合）"},
      SettingRow{.id = "localization",
                 .group = "page",
                 .kind = SettingKind::kText,
                 .standard = std::string("None"),
                 .choices = kLanguages,
                 .help = "the page's language; None: the browser's",
                 .help_ja = "画面の言語（None：ブラウザーに合わせる）"},
      SettingRow{.id = "ui_theme",
                 .group = "page",
                 .kind = SettingKind::kText,
                 .standard = std::string("auto"),
                 .choices = kThemes,
                 .help = "light or dark; auto: as the system is",
                 .help_ja = "明るい画面か暗い画面か（auto：システムに合わせる）"},
      SettingRow{.id = "quicksettings_list",
                 .group = "page",
                 .kind = SettingKind::kText,
                 .standard = std::string("sd_model_checkpoint,sd_vae,CLIP_stop_at_last_layers"),
                 .help = "settings shown above the prompt, by comma",
                 .help_ja = "プロンプトの上に表示する設定（カンマ区切り）"},
      SettingRow{.id = "send_seed",
                 .group = "page",
                 .kind = SettingKind::kTruth,
                 .standard = true,
                 .help = "send a picture's seed along with its words",
                 .help_ja = "画像を送るときにシードも送る"},
      SettingRow{.id = "send_size",
                 .group = "page",
                 .kind = SettingKind::kTruth,
                 .standard = true,
                 .help = "send a picture's size along with its words",
                 .help_ja = "画像を送るときにサイズも送る"},
  };
  return kRows;
}

}  // namespace fude::service
