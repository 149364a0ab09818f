#include "pipelines/request_fields.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <type_traits>

#include "core/error.h"
#include "core/nearest_name.h"

namespace fude::pipelines {
namespace {

using Request = GenerationRequest;

constexpr double kAnySeed = 9223372036854775807.0;

constexpr std::array<std::string_view, 4> kEmphases{"Original", "No norm", "Ignore", "None"};
constexpr std::array<std::string_view, 3> kVaeTilings{"auto", "on", "off"};
constexpr std::array<std::string_view, 3> kNoiseSources{"GPU", "CPU", "NV"};
constexpr std::array<std::string_view, 3> kPredictionTypes{"Automatic", "epsilon", "v"};
constexpr std::array<std::string_view, 3> kNoiseLevels{"Default", "Zero Terminal SNR", "Standard"};

constexpr std::array<std::string_view, 3> kUniPcVariants{"bh1", "bh2", "vary_coeff"};
constexpr std::array<std::string_view, 3> kUniPcSkipTypes{"time_uniform", "time_quadratic", "logSNR"};

constexpr std::array<std::string_view, 7> kScaleModes{"Constant",  "Linear Down",    "Half Cosine Down", "Cosine Down",
                                                      "Linear Up", "Half Cosine Up", "Cosine Up"};
constexpr std::array<std::string_view, 2> kThresholdStarts{"MEAN", "ZERO"};
constexpr std::array<std::string_view, 2> kSpreadMeasures{"AD", "STD"};

constexpr std::array kFields{
    RequestField{.name = "prompt",
                 .key = "Prompt",
                 .flag = "-p,--prompt",
                 .member = &Request::prompt,
                 .help = "what the picture shows",
                 .help_ja = "描いてほしいもの（プロンプト）"},
    RequestField{.name = "negative_prompt",
                 .key = "Negative prompt",
                 .flag = "-n,--negative",
                 .member = &Request::negative_prompt,
                 .help = "what the picture should not show",
                 .help_ja = "描いてほしくないもの（ネガティブプロンプト）"},
    RequestField{.name = "dynamic_prompts",
                 .setting = "dynamic_prompts",
                 .flag = "--dynamic-prompts",
                 .member = &Request::dynamic_prompts,
                 .help = "draw words from templates such as {red|blue} hair or __colour__; on unless --like gives the "
                         "words, =false turns it off",
                 .help_ja = "{赤|青} や __色__ などのテンプレートから言葉を選ぶ"},
    RequestField{.name = "combinatorial",
                 .setting = "combinatorial",
                 .flag = "--combinatorial",
                 .member = &Request::combinatorial,
                 .help = "one picture for every combination of a template's choices, --batch-count times",
                 .help_ja = "テンプレートの全ての組み合わせを1枚ずつ作る"},
    RequestField{.name = "max_generations",
                 .setting = "max_generations",
                 .flag = "--max-generations",
                 .member = &Request::max_generations,
                 .minimum = 1,
                 .maximum = 1000,
                 .help = "combinations made at most",
                 .help_ja = "組み合わせの上限"},
    RequestField{.setting = "sd_model_checkpoint",
                 .key = "Model",
                 .flag = "--model",
                 .member = &Request::model,
                 .help = "checkpoint: a path, or a name found in the models folders; default: the embedded model",
                 .help_ja = "モデル（チェックポイント）：パスまたは名前。省略時は内蔵モデル"},
    RequestField{.setting = "sd_text_encoder",
                 .key = "Text encoder",
                 .flag = "--text-encoder",
                 .member = &Request::text_encoder,
                 .help = "for a U-Net that comes alone: the checkpoint whose text encoders and autoencoder it takes",
                 .help_ja = "U-Net単体のファイル用：テキストエンコーダーとVAEを借りるモデル"},
    RequestField{.setting = "sd_vae",
                 .key = "VAE",
                 .flag = "--vae",
                 .member = &Request::vae,
                 .help = "autoencoder: a path, a name, auto (the model's own) or none",
                 .help_ja = "VAE：パス、名前、auto（モデル内蔵）、none"},
    RequestField{.setting = "sd_vae_overrides_per_model_preferences",
                 .member = &Request::vae_overrides_model_preferences,
                 .help = "let the autoencoder asked for go before one that belongs to the model",
                 .help_ja = "指定したVAEをモデル専用のVAEより優先する"},
    RequestField{.name = "refiner_checkpoint",
                 .key = "Refiner",
                 .flag = "--refiner",
                 .member = &Request::refiner,
                 .help = "a second checkpoint that takes over at the end: a path or a name",
                 .help_ja = "途中から引き継ぐモデル（リファイナー）：パスまたは名前"},
    RequestField{.name = "refiner_switch_at",
                 .key = "Refiner switch at",
                 .flag = "--refiner-switch-at",
                 .member = &Request::refiner_switch_at,
                 .minimum = 0.01,
                 .maximum = 1,
                 .help = "share of the way after which the refiner takes over",
                 .help_ja = "リファイナーに切り替える位置（全体に対する割合）"},
    RequestField{.setting = "refiner_switch_by_sample_steps",
                 .key = "Refiner switch by sampling steps",
                 .member = &Request::refiner_switch_by_sample_steps,
                 .help = "count that share in steps, not in the model's noise levels",
                 .help_ja = "切り替え位置をステップ数で数える"},
    RequestField{.setting = "vae_tiling",
                 .flag = "--vae-tiling",
                 .member = &Request::vae_tiling,
                 .choices = kVaeTilings,
                 .help = "run the autoencoder piece by piece; auto: where memory is short",
                 .help_ja = "VAEの分割処理（auto：メモリ不足時のみ）"},
    RequestField{.name = "sampler_name",
                 .key = "Sampler",
                 .flag = "--sampler",
                 .member = &Request::sampler,
                 .help = "sampling method, also with its schedule: \"DPM++ SDE Karras\"",
                 .help_ja = "サンプリング方法"},
    RequestField{.name = "scheduler",
                 .key = "Schedule type",
                 .flag = "--scheduler",
                 .member = &Request::scheduler,
                 .help = "noise schedule; automatic: the sampler's own",
                 .help_ja = "スケジュールタイプ（automatic：サンプラー既定）"},
    RequestField{.name = "steps",
                 .key = "Steps",
                 .flag = "--steps",
                 .member = &Request::steps,
                 .minimum = 1,
                 .maximum = 1000,
                 .help = "sampling steps",
                 .help_ja = "サンプリングステップ数"},
    RequestField{.name = "cfg_scale",
                 .key = "CFG scale",
                 .flag = "--cfg",
                 .member = &Request::cfg_scale,
                 .minimum = 0,
                 .maximum = 100,
                 .help = "how strictly the words are followed",
                 .help_ja = "CFGスケール（プロンプトへの忠実度）"},
    RequestField{.name = "seed",
                 .key = "Seed",
                 .flag = "--seed",
                 .member = &Request::seed,
                 .minimum = -1,
                 .maximum = kAnySeed,
                 .help = "start of the noise; -1: a random one",
                 .help_ja = "シード（-1：ランダム）"},
    RequestField{.name = "subseed",
                 .key = "Variation seed",
                 .flag = "--subseed",
                 .member = &Request::subseed,
                 .minimum = -1,
                 .maximum = kAnySeed,
                 .help = "seed of the variation; -1: a random one",
                 .help_ja = "バリエーション シード（-1：ランダム）"},
    RequestField{.name = "subseed_strength",
                 .key = "Variation seed strength",
                 .flag = "--subseed-strength",
                 .member = &Request::subseed_strength,
                 .minimum = 0,
                 .maximum = 1,
                 .help = "strength of the variation",
                 .help_ja = "バリエーションの強度"},
    RequestField{.name = "seed_resize_from_w",
                 .key = "Seed resize from-1",
                 .flag = "--seed-resize",
                 .member = &Request::seed_resize_from_w,
                 .minimum = -1,
                 .maximum = 8192,
                 .help = "make the noise at this size and paste it into the picture's, WxH; 0: off",
                 .help_ja = "シードのリサイズ元（幅x高さ、0：なし）"},
    RequestField{.name = "seed_resize_from_h",
                 .key = "Seed resize from-2",
                 .flag = "--seed-resize",
                 .member = &Request::seed_resize_from_h,
                 .minimum = -1,
                 .maximum = 8192,
                 .help = "make the noise at this size and paste it into the picture's, WxH; 0: off",
                 .help_ja = "シードのリサイズ元（幅x高さ、0：なし）"},
    RequestField{.setting = "eta_noise_seed_delta",
                 .key = "ENSD",
                 .flag = "--ensd",
                 .member = &Request::eta_noise_seed_delta,
                 .minimum = -kAnySeed,
                 .maximum = kAnySeed,
                 .help = "added to the seed of the noise drawn while sampling",
                 .help_ja = "ENSD（途中のノイズのシードに加える値）"},
    RequestField{.setting = "randn_source",
                 .key = "RNG",
                 .flag = "--rng",
                 .member = &Request::randn_source,
                 .choices = kNoiseSources,
                 .help = "noise stream: gpu (that of graphics cards, computed everywhere), nv (the same), cpu",
                 .help_ja = "乱数の種類：gpu（どの環境でも同じ）、nv（gpuと同じ）、cpu"},
    RequestField{.name = "width",
                 .key = "Size-1",
                 .flag = "--size",
                 .member = &Request::width,
                 .minimum = 64,
                 .maximum = 8192,
                 .multiple_of = 8,
                 .help = "size in pixels, WxH, multiples of 8; default: the model's native size",
                 .help_ja = "サイズ（幅x高さ、8の倍数。省略時はモデル本来のサイズ）"},
    RequestField{.name = "height",
                 .key = "Size-2",
                 .flag = "--size",
                 .member = &Request::height,
                 .minimum = 64,
                 .maximum = 8192,
                 .multiple_of = 8,
                 .help = "size in pixels, WxH, multiples of 8; default: the model's native size",
                 .help_ja = "サイズ（幅x高さ、8の倍数。省略時はモデル本来のサイズ）"},
    RequestField{.name = "batch_size",
                 .flag = "--batch-size",
                 .member = &Request::batch_size,
                 .minimum = 1,
                 .maximum = 64,
                 .help = "pictures made at the same time",
                 .help_ja = "バッチサイズ（同時に作る枚数）"},
    RequestField{.name = "n_iter",
                 .flag = "--batch-count",
                 .member = &Request::batch_count,
                 .minimum = 1,
                 .maximum = 10000,
                 .help = "how many batches are made",
                 .help_ja = "バッチ回数"},
    RequestField{.name = "tiling",
                 .setting = "tiling",
                 .key = "Tiling",
                 .flag = "--tiling",
                 .member = &Request::tiling,
                 .help = "make a picture whose edges join",
                 .help_ja = "タイリング（端がつながる画像）"},
    RequestField{.setting = "CLIP_stop_at_last_layers",
                 .key = "Clip skip",
                 .flag = "--clip-skip",
                 .member = &Request::clip_skip,
                 .minimum = 1,
                 .maximum = 12,
                 .help = "layer of the text encoder used, counted from the end; 1: the last",
                 .help_ja = "Clip skip（テキストエンコーダーの末尾から何層目を使うか）"},
    RequestField{.setting = "sdxl_clip_l_skip",
                 .key = "SDXL clip L skip",
                 .member = &Request::sdxl_clip_l_skip,
                 .help = "let clip skip act on SDXL's first text encoder, too",
                 .help_ja = "SDXLの1番目のテキストエンコーダーにもClip skipを適用"},
    RequestField{.setting = "sdxl_crop_top",
                 .key = "SDXL crop top",
                 .member = &Request::sdxl_crop_top,
                 .minimum = 0,
                 .maximum = 8192,
                 .help = "tell SDXL that the picture was cropped, pixels from the top",
                 .help_ja = "SDXLに伝える切り抜き位置（上）"},
    RequestField{.setting = "sdxl_crop_left",
                 .key = "SDXL crop left",
                 .member = &Request::sdxl_crop_left,
                 .minimum = 0,
                 .maximum = 8192,
                 .help = "tell SDXL that the picture was cropped, pixels from the left",
                 .help_ja = "SDXLに伝える切り抜き位置（左）"},
    RequestField{.setting = "sdxl_refiner_high_aesthetic_score",
                 .key = "SDXL aesthetic score",
                 .member = &Request::sdxl_refiner_high_aesthetic_score,
                 .minimum = 0,
                 .maximum = 10,
                 .help = "how good a picture SDXL's refiner is asked for",
                 .help_ja = "SDXLリファイナーに伝える美的スコア"},
    RequestField{.setting = "sdxl_refiner_low_aesthetic_score",
                 .key = "SDXL negative aesthetic score",
                 .member = &Request::sdxl_refiner_low_aesthetic_score,
                 .minimum = 0,
                 .maximum = 10,
                 .help = "how bad a picture SDXL's refiner is told to avoid",
                 .help_ja = "SDXLリファイナーに伝える、避けたい画像の美的スコア"},
    RequestField{.setting = "emphasis",
                 .key = "Emphasis",
                 .flag = "--emphasis",
                 .member = &Request::emphasis,
                 .choices = kEmphases,
                 .help = "how weights as in (word:1.2) act",
                 .help_ja = "強調 (単語:1.2) の効かせ方"},
    RequestField{.setting = "comma_padding_backtrack",
                 .member = &Request::comma_padding_backtrack,
                 .minimum = 0,
                 .maximum = 74,
                 .help = "tokens after the last comma that move on when 75 are full",
                 .help_ja = "75トークンを超える時、カンマまで戻るトークン数の上限"},
    RequestField{.setting = "enable_prompt_comments",
                 .member = &Request::enable_prompt_comments,
                 .help = "drop what follows a # in the prompt, to the end of its line",
                 .help_ja = "プロンプトの # から行末までを無視する"},
    RequestField{.setting = "use_old_scheduling",
                 .key = "Old prompt editing timelines",
                 .member = &Request::use_old_scheduling,
                 .help = "read the number in [from:to:when] by the rule of old versions",
                 .help_ja = "[from:to:when] の数値を旧バージョンの規則で読む"},
    RequestField{.setting = "sd_lora",
                 .member = &Request::sd_lora,
                 .help = "a LoRA that every prompt names",
                 .help_ja = "すべてのプロンプトに加えるLoRA"},
    RequestField{.setting = "sd_hypernetwork",
                 .member = &Request::sd_hypernetwork,
                 .help = "a hypernetwork that every prompt names",
                 .help_ja = "すべてのプロンプトに加えるハイパーネットワーク"},
    RequestField{.setting = "extra_networks_default_multiplier",
                 .member = &Request::extra_networks_default_multiplier,
                 .minimum = -10,
                 .maximum = 10,
                 .help = "strength of sd_lora and sd_hypernetwork",
                 .help_ja = "sd_lora と sd_hypernetwork の強さ"},
    RequestField{.setting = "lora_add_hashes_to_infotext",
                 .member = &Request::lora_add_hashes_to_infotext,
                 .help = "write the LoRAs' hashes into the picture's text",
                 .help_ja = "LoRAのハッシュを画像の情報に書き込む"},
    RequestField{.name = "eta",
                 .key = "Eta",
                 .flag = "--eta",
                 .member = &Request::eta,
                 .minimum = 0,
                 .maximum = 1,
                 .help = "share of fresh noise in ancestral and SDE samplers",
                 .help_ja = "Eta（途中で加えるノイズの割合）"},
    RequestField{.setting = "eta_ancestral",
                 .member = &Request::eta_ancestral,
                 .minimum = 0,
                 .maximum = 1,
                 .help = "eta of samplers that are not told another",
                 .help_ja = "Etaの既定値"},
    RequestField{.setting = "eta_ddim",
                 .key = "Eta DDIM",
                 .member = &Request::eta_ddim,
                 .minimum = 0,
                 .maximum = 1,
                 .help = "eta of DDIM and DDIM CFG++ when they are not told another",
                 .help_ja = "DDIMのEtaの既定値"},
    RequestField{.name = "s_churn",
                 .setting = "s_churn",
                 .key = "Sigma churn",
                 .member = &Request::s_churn,
                 .minimum = 0,
                 .maximum = 1000,
                 .help = "amount of noise added again at each step",
                 .help_ja = "各ステップで加え直すノイズの量"},
    RequestField{.name = "s_tmin",
                 .setting = "s_tmin",
                 .key = "Sigma tmin",
                 .member = &Request::s_tmin,
                 .minimum = 0,
                 .maximum = 1000,
                 .help = "lowest sigma at which churn acts",
                 .help_ja = "churnが効くsigmaの下限"},
    RequestField{.name = "s_tmax",
                 .setting = "s_tmax",
                 .key = "Sigma tmax",
                 .member = &Request::s_tmax,
                 .minimum = 0,
                 .maximum = 1e6,
                 .help = "highest sigma at which churn acts; 0: no bound",
                 .help_ja = "churnが効くsigmaの上限（0：なし）"},
    RequestField{.name = "s_noise",
                 .setting = "s_noise",
                 .key = "Sigma noise",
                 .member = &Request::s_noise,
                 .minimum = 0,
                 .maximum = 10,
                 .help = "scale of the noise drawn while sampling",
                 .help_ja = "途中のノイズの倍率"},
    RequestField{.setting = "sigma_min",
                 .key = "Schedule min sigma",
                 .member = &Request::sigma_min,
                 .minimum = 0,
                 .maximum = 1000,
                 .help = "lowest sigma of the schedule; 0: the model's",
                 .help_ja = "スケジュールのsigmaの下限（0：モデル既定）"},
    RequestField{.setting = "sigma_max",
                 .key = "Schedule max sigma",
                 .member = &Request::sigma_max,
                 .minimum = 0,
                 .maximum = 10000,
                 .help = "highest sigma of the schedule; 0: the model's",
                 .help_ja = "スケジュールのsigmaの上限（0：モデル既定）"},
    RequestField{.setting = "rho",
                 .key = "Schedule rho",
                 .member = &Request::rho,
                 .minimum = 0,
                 .maximum = 100,
                 .help = "curvature of the Karras and polyexponential schedules; 0: their own",
                 .help_ja = "スケジュールの曲がり方（0：既定）"},
    RequestField{.setting = "sgm_noise_multiplier",
                 .key = "SGM noise multiplier",
                 .member = &Request::sgm_noise_multiplier,
                 .help = "scale the first noise as the newer reference code does",
                 .help_ja = "最初のノイズをSGM方式で拡大"},
    RequestField{.setting = "always_discard_next_to_last_sigma",
                 .key = "Discard penultimate sigma",
                 .member = &Request::always_discard_next_to_last_sigma,
                 .help = "leave out the last but one sigma",
                 .help_ja = "最後から2番目のsigmaを省く"},
    RequestField{.setting = "enable_quantization",
                 .member = &Request::enable_quantization,
                 .help = "round the model's timesteps to whole numbers",
                 .help_ja = "タイムステップを整数に丸める"},
    RequestField{.setting = "prediction_type",
                 .key = "Prediction type",
                 .member = &Request::prediction_type,
                 .choices = kPredictionTypes,
                 .help = "what the model was trained to predict; automatic: what its file says",
                 .help_ja = "モデルの予測の種類（Automatic：ファイルから判断）"},
    RequestField{.setting = "sd_noise_schedule",
                 .key = "Noise Schedule",
                 .member = &Request::noise_schedule,
                 .choices = kNoiseLevels,
                 .help = "noise levels of the model; default: what its file says",
                 .help_ja = "モデルのノイズスケジュール（Default：ファイルから判断）"},
    RequestField{.setting = "uni_pc_variant",
                 .key = "UniPC variant",
                 .member = &Request::unipc_variant,
                 .choices = kUniPcVariants,
                 .help = "how UniPC weighs its points",
                 .help_ja = "UniPCの方式"},
    RequestField{.setting = "uni_pc_skip_type",
                 .key = "UniPC skip type",
                 .member = &Request::unipc_skip_type,
                 .choices = kUniPcSkipTypes,
                 .help = "how UniPC spreads its noise levels",
                 .help_ja = "UniPCのノイズ段階の配り方"},
    RequestField{.setting = "uni_pc_order",
                 .key = "UniPC order",
                 .member = &Request::unipc_order,
                 .minimum = 1,
                 .maximum = 50,
                 .help = "order of UniPC; at most the steps are of use",
                 .help_ja = "UniPCの次数"},
    RequestField{.setting = "uni_pc_lower_order_final",
                 .key = "UniPC lower order final",
                 .member = &Request::unipc_lower_order_final,
                 .help = "lower the order of UniPC's last steps",
                 .help_ja = "UniPCの最後のステップで次数を下げる"},
    RequestField{.name = "s_min_uncond",
                 .setting = "s_min_uncond",
                 .key = "NGMS",
                 .member = &Request::s_min_uncond,
                 .minimum = 0,
                 .maximum = 1000,
                 .help = "sigma below which the negative prompt is left out on every other step",
                 .help_ja = "このsigma未満ではネガティブプロンプトを1ステップおきに省く"},
    RequestField{.setting = "s_min_uncond_all",
                 .key = "NGMS all steps",
                 .member = &Request::s_min_uncond_all,
                 .help = "leave it out on all of those steps",
                 .help_ja = "上記を全ステップで行う"},
    RequestField{.setting = "skip_early_cond",
                 .key = "Skip Early CFG",
                 .member = &Request::skip_early_cond,
                 .minimum = 0,
                 .maximum = 1,
                 .help = "share of the first steps made without the negative prompt",
                 .help_ja = "ネガティブプロンプトを省く最初のステップの割合"},
    RequestField{.name = "cfg_rescale",
                 .setting = "cfg_rescale",
                 .key = "CFG Rescale",
                 .member = &Request::cfg_rescale,
                 .minimum = 0,
                 .maximum = 1,
                 .help = "share of the guided prediction that is brought back to the spread of the plain one",
                 .help_ja = "CFG Rescale（高いCFGでの色の破綻を抑える割合）"},
    RequestField{.name = "dynamic_thresholding_enabled",
                 .setting = "dynamic_thresholding_enabled",
                 .key = "Dynamic thresholding enabled",
                 .member = &Request::has_dynamic_threshold,
                 .help = "shrink the values that a high CFG scale gives to the spread of a lower one",
                 .help_ja = "Dynamic Thresholding（高いCFGの値を低いCFGの範囲に収める）"},
    RequestField{.name = "mimic_scale",
                 .setting = "mimic_scale",
                 .key = "Mimic scale",
                 .member = &Request::mimic_scale,
                 .minimum = 0,
                 .maximum = 100,
                 .help = "CFG scale whose spread dynamic thresholding shrinks to",
                 .help_ja = "Dynamic Thresholding：まねるCFGスケール"},
    RequestField{.name = "threshold_percentile",
                 .setting = "threshold_percentile",
                 .key = "Threshold percentile",
                 .member = &Request::threshold_percentile,
                 .minimum = 0,
                 .maximum = 100,
                 .help = "share of the values, in percent, that must fit when thresholding",
                 .help_ja = "Dynamic Thresholding：収める値の割合（%）"},
    RequestField{.name = "mimic_mode",
                 .setting = "mimic_mode",
                 .key = "Mimic mode",
                 .member = &Request::mimic_mode,
                 .choices = kScaleModes,
                 .help = "how the mimic scale moves over the steps",
                 .help_ja = "Dynamic Thresholding：まねるスケールの動き"},
    RequestField{.name = "mimic_scale_min",
                 .setting = "mimic_scale_min",
                 .key = "Mimic scale minimum",
                 .member = &Request::mimic_scale_minimum,
                 .minimum = 0,
                 .maximum = 100,
                 .help = "where the mimic scale moves from or to",
                 .help_ja = "Dynamic Thresholding：まねるスケールの下限"},
    RequestField{.name = "cfg_mode",
                 .setting = "cfg_mode",
                 .key = "CFG mode",
                 .member = &Request::threshold_cfg_mode,
                 .choices = kScaleModes,
                 .help = "how the CFG scale moves over the steps when thresholding",
                 .help_ja = "Dynamic Thresholding：CFGスケールの動き"},
    RequestField{.name = "cfg_scale_min",
                 .setting = "cfg_scale_min",
                 .key = "CFG scale minimum",
                 .member = &Request::threshold_cfg_minimum,
                 .minimum = 0,
                 .maximum = 100,
                 .help = "where the CFG scale moves from or to when thresholding",
                 .help_ja = "Dynamic Thresholding：CFGスケールの下限"},
    RequestField{.name = "separate_feature_channels",
                 .setting = "separate_feature_channels",
                 .key = "Separate Feature Channels",
                 .member = &Request::threshold_channels,
                 .help = "threshold each channel of the latent by itself",
                 .help_ja = "Dynamic Thresholding：チャンネルごとに行う"},
    RequestField{.name = "scaling_startpoint",
                 .setting = "scaling_startpoint",
                 .key = "Scaling Startpoint",
                 .member = &Request::threshold_start,
                 .choices = kThresholdStarts,
                 .help = "what values are shrunk to when thresholding",
                 .help_ja = "Dynamic Thresholding：縮める基点"},
    RequestField{
        .name = "variability_measure",
        .setting = "variability_measure",
        .key = "Variability Measure",
        .member = &Request::threshold_measure,
        .choices = kSpreadMeasures,
        .help = "what spread is when thresholding: the largest distance from the mean (AD) or the standard deviation",
        .help_ja = "Dynamic Thresholding：ばらつきの測り方"},
    RequestField{.name = "interpolate_phi",
                 .setting = "interpolate_phi",
                 .key = "Interpolate Phi",
                 .member = &Request::threshold_share,
                 .minimum = 0,
                 .maximum = 1,
                 .help = "share of the thresholded result, the rest as it was",
                 .help_ja = "Dynamic Thresholding：効果の割合"},
    RequestField{.name = "pag_scale",
                 .setting = "pag_scale",
                 .key = "PAG Scale",
                 .member = &Request::pag_scale,
                 .minimum = 0,
                 .maximum = 100,
                 .help = "perturbed-attention guidance: how far to go away from what spoiled attention gives; 0: off",
                 .help_ja = "PAG（摂動アテンション誘導）の強さ（0：なし）"},
    RequestField{.name = "sag_scale",
                 .setting = "sag_scale",
                 .key = "SAG Guidance Scale",
                 .member = &Request::sag_scale,
                 .minimum = -10,
                 .maximum = 100,
                 .help = "self-attention guidance: how far to go away from what blurred attended places give; 0: off",
                 .help_ja = "SAG（自己アテンション誘導）の強さ（0：なし）"},
    RequestField{.name = "sag_threshold",
                 .setting = "sag_threshold",
                 .key = "SAG Mask Threshold",
                 .member = &Request::sag_threshold,
                 .minimum = 0,
                 .maximum = 100,
                 .help = "attention above which self-attention guidance blurs; 1 is the average",
                 .help_ja = "SAG：ぼかすアテンションの下限"},
    RequestField{.name = "sag_blur",
                 .setting = "sag_blur",
                 .key = "SAG Blur Sigma",
                 .member = &Request::sag_blur,
                 .minimum = 0,
                 .maximum = 100,
                 .help = "standard deviation of that blur, in latent pixels",
                 .help_ja = "SAG：ぼかしの強さ"},
    RequestField{.name = "freeu_enabled",
                 .setting = "freeu_enabled",
                 .key = "FreeU",
                 .member = &Request::has_free_u,
                 .help = "strengthen the backbone of the U-Net and weaken low frequencies of its skip connections",
                 .help_ja = "FreeU"},
    RequestField{.name = "freeu_b1",
                 .setting = "freeu_b1",
                 .key = "FreeU b1",
                 .member = &Request::free_u_b1,
                 .minimum = 0,
                 .maximum = 10,
                 .help = "FreeU: factor of the backbone at the U-Net's widest level; 1: none",
                 .help_ja = "FreeU：b1"},
    RequestField{.name = "freeu_b2",
                 .setting = "freeu_b2",
                 .key = "FreeU b2",
                 .member = &Request::free_u_b2,
                 .minimum = 0,
                 .maximum = 10,
                 .help = "FreeU: the same at half that width",
                 .help_ja = "FreeU：b2"},
    RequestField{.name = "freeu_s1",
                 .setting = "freeu_s1",
                 .key = "FreeU s1",
                 .member = &Request::free_u_s1,
                 .minimum = 0,
                 .maximum = 10,
                 .help = "FreeU: factor of the skips' low frequencies at the widest level; 1: none",
                 .help_ja = "FreeU：s1"},
    RequestField{.name = "freeu_s2",
                 .setting = "freeu_s2",
                 .key = "FreeU s2",
                 .member = &Request::free_u_s2,
                 .minimum = 0,
                 .maximum = 10,
                 .help = "FreeU: the same at half that width",
                 .help_ja = "FreeU：s2"},
    RequestField{.name = "token_merging_ratio",
                 .setting = "token_merging_ratio",
                 .key = "Token merging ratio",
                 .member = &Request::token_merging_ratio,
                 .minimum = 0,
                 .maximum = 0.9,
                 .help = "share of similar tokens that are merged to save time",
                 .help_ja = "トークンマージの割合（高速化）"},
    RequestField{.name = "hypertile_enable_unet",
                 .setting = "hypertile_enable_unet",
                 .key = "Hypertile U-Net",
                 .member = &Request::has_hypertile,
                 .help = "keep attention within tiles of the picture to save time",
                 .help_ja = "Hypertile（アテンションをタイル内に限る高速化）"},
    RequestField{.name = "hypertile_max_depth_unet",
                 .setting = "hypertile_max_depth_unet",
                 .key = "Hypertile U-Net max depth",
                 .member = &Request::hypertile_max_depth,
                 .minimum = 0,
                 .maximum = 3,
                 .help = "down to which level of the U-Net attention is tiled",
                 .help_ja = "Hypertile：最大の深さ"},
    RequestField{.name = "hypertile_max_tile_unet",
                 .setting = "hypertile_max_tile_unet",
                 .key = "Hypertile U-Net max tile size",
                 .member = &Request::hypertile_max_tile,
                 .minimum = 0,
                 .maximum = 4096,
                 .help = "largest side of a tile in pixels",
                 .help_ja = "Hypertile：タイルの最大サイズ"},
    RequestField{.setting = "pad_cond_uncond",
                 .key = "Pad conds",
                 .member = &Request::pad_cond_uncond,
                 .help = "pad the shorter of prompt and negative prompt to the other's length",
                 .help_ja = "プロンプトとネガティブプロンプトの長さをそろえる"},
    RequestField{.setting = "batch_cond_uncond",
                 .member = &Request::batch_cond_uncond,
                 .help = "run both prompts in one batch; the picture does not depend on it",
                 .help_ja = "両プロンプトを一度に計算する（画像は変わらない）"},
    RequestField{.setting = "add_model_name_to_info",
                 .member = &Request::add_model_name_to_info,
                 .help = "store the model's name with the picture",
                 .help_ja = "モデル名を画像に記録"},
    RequestField{.setting = "add_model_hash_to_info",
                 .member = &Request::add_model_hash_to_info,
                 .help = "store the model's hash with the picture",
                 .help_ja = "モデルのハッシュを画像に記録"},
    RequestField{.setting = "add_vae_name_to_info",
                 .member = &Request::add_vae_name_to_info,
                 .help = "store the autoencoder's name with the picture",
                 .help_ja = "VAEの名前を画像に記録"},
    RequestField{.setting = "add_vae_hash_to_info",
                 .member = &Request::add_vae_hash_to_info,
                 .help = "store the autoencoder's hash with the picture",
                 .help_ja = "VAEのハッシュを画像に記録"},
    RequestField{.setting = "add_version_to_infotext",
                 .member = &Request::add_version_to_infotext,
                 .help = "store the program's version with the picture",
                 .help_ja = "プログラムのバージョンを画像に記録"},
};

const RequestField* find_by(std::string_view RequestField::*column, std::string_view text) {
  if (text.empty()) return nullptr;
  const auto found = std::ranges::find(kFields, text, column);
  return found == kFields.end() ? nullptr : &*found;
}

std::string letters_of(std::string_view text) {
  std::string letters;
  for (const char c : text) {
    if (c == ' ' || c == '-' || c == '_') continue;
    letters += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return letters;
}

std::string choice_list(const RequestField& field) {
  std::string list;
  for (const std::string_view choice : field.choices) list += (list.empty() ? "" : ", ") + std::string(choice);
  return list;
}

std::string shown(const FieldValue& value) {
  struct Show {
    std::string operator()(std::monostate) const { return "null"; }
    std::string operator()(bool value) const { return value ? "true" : "false"; }
    std::string operator()(std::int64_t value) const { return fmt::format("{}", value); }
    std::string operator()(double value) const { return fmt::format("{}", value); }
    std::string operator()(const std::string& value) const { return "'" + printable(value, 60) + "'"; }
  };
  return std::visit(Show{}, value);
}

[[noreturn]] void refuse(const RequestField& field, const FieldValue& value, std::string_view expected) {
  fail(ErrorCode::kInvalidArgument, "{} is {}, expected {}", field.title(), shown(value), expected);
}

bool is_bounded(const RequestField& field) { return field.minimum != 0 || field.maximum != 0; }

std::string bounds(const RequestField& field) {
  if (field.maximum == kAnySeed) return field.minimum == -1 ? "a whole number of at least -1" : "a whole number";
  std::string text = fmt::format("{}..{}", field.minimum, field.maximum);
  if (field.multiple_of > 1) text += fmt::format(", a multiple of {}", field.multiple_of);
  return text;
}

// A size of 0 stands for the model's native size, which only a model knows.
bool is_native_size(const RequestField& field, double value) { return value == 0 && field.multiple_of > 1; }

template <typename Number>
Number checked(const RequestField& field, Number number) {
  const auto value = static_cast<double>(number);
  if (!is_bounded(field) || is_native_size(field, value)) return number;
  const bool is_inside = value >= field.minimum && value <= field.maximum;
  bool is_multiple = true;
  if constexpr (std::is_integral_v<Number>) is_multiple = number % field.multiple_of == 0;
  if (!is_inside || !is_multiple) refuse(field, number, bounds(field));
  return number;
}

std::int64_t whole_number(const RequestField& field, const FieldValue& value) {
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return *whole;
  if (const auto* real = std::get_if<double>(&value)) {
    // 2^63 itself does not fit; anything below it that has no fraction does.
    const bool fits = std::trunc(*real) == *real && *real >= -kAnySeed && *real < kAnySeed;
    if (fits) return static_cast<std::int64_t>(*real);
  }
  refuse(field, value, is_bounded(field) ? bounds(field) : "a whole number");
}

double real_number(const RequestField& field, const FieldValue& value) {
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return static_cast<double>(*whole);
  if (const auto* real = std::get_if<double>(&value); real != nullptr && std::isfinite(*real)) return *real;
  refuse(field, value, is_bounded(field) ? bounds(field) : "a number");
}

std::string chosen(const RequestField& field, const std::string& text) {
  if (field.choices.empty()) return text;
  for (const std::string_view choice : field.choices) {
    if (letters_of(choice) == letters_of(text)) return std::string(choice);
  }
  refuse(field, text, "one of " + choice_list(field) + did_you_mean(text, field.choices));
}

// Stores a value in the member it is visited with.
struct Store {
  GenerationRequest& request;
  const RequestField& field;
  const FieldValue& value;

  void operator()(bool Request::*member) const {
    const auto* flag = std::get_if<bool>(&value);
    if (flag == nullptr) refuse(field, value, "true or false");
    request.*member = *flag;
  }
  void operator()(int Request::*member) const {
    // The bounds of every row of this kind lie within int.
    request.*member = static_cast<int>(checked(field, whole_number(field, value)));
  }
  void operator()(std::int64_t Request::*member) const { request.*member = checked(field, whole_number(field, value)); }
  void operator()(double Request::*member) const { request.*member = checked(field, real_number(field, value)); }
  void operator()(std::optional<double> Request::*member) const {
    request.*member = checked(field, real_number(field, value));
  }
  void operator()(std::string Request::*member) const {
    const auto* text = std::get_if<std::string>(&value);
    if (text == nullptr) refuse(field, value, "a text");
    request.*member = chosen(field, *text);
  }
};

FieldValue parse_flag(const RequestField& field, std::string_view text) {
  const std::string letters = letters_of(text);
  if (letters == "true" || letters == "1" || letters == "on" || letters == "yes") return true;
  if (letters == "false" || letters == "0" || letters == "off" || letters == "no") return false;
  refuse(field, std::string(text), "true or false");
}

FieldValue parse_number(const RequestField& field, std::string_view text) {
  const char* const end = text.data() + text.size();
  std::int64_t whole = 0;
  if (const auto [stop, error] = std::from_chars(text.data(), end, whole); error == std::errc() && stop == end) {
    return whole;
  }
  double real = 0;
  if (const auto [stop, error] = std::from_chars(text.data(), end, real); error == std::errc() && stop == end) {
    return real;
  }
  refuse(field, std::string(text), is_bounded(field) ? bounds(field) : "a number");
}

}  // namespace

std::span<const RequestField> request_fields() { return kFields; }

const RequestField* find_request_field(std::string_view name) { return find_by(&RequestField::name, name); }

const RequestField* find_setting(std::string_view id) { return find_by(&RequestField::setting, id); }

const RequestField* find_infotext_key(std::string_view key) { return find_by(&RequestField::key, key); }

FieldValue field_value(const GenerationRequest& request, const RequestField& field) {
  struct Load {
    const GenerationRequest& request;
    FieldValue operator()(bool Request::*member) const { return request.*member; }
    FieldValue operator()(int Request::*member) const { return std::int64_t{request.*member}; }
    FieldValue operator()(std::int64_t Request::*member) const { return request.*member; }
    FieldValue operator()(double Request::*member) const { return request.*member; }
    FieldValue operator()(std::string Request::*member) const { return request.*member; }
    FieldValue operator()(std::optional<double> Request::*member) const {
      return (request.*member).has_value() ? FieldValue(*(request.*member)) : FieldValue();
    }
  };
  return std::visit(Load{request}, field.member);
}

void set_field(GenerationRequest& request, const RequestField& field, const FieldValue& value) {
  if (!std::holds_alternative<std::monostate>(value)) {
    std::visit(Store{request, field, value}, field.member);
  } else if (const auto* member = std::get_if<std::optional<double> Request::*>(&field.member)) {
    (request.**member).reset();
  }
}

void set_field_text(GenerationRequest& request, const RequestField& field, std::string_view text) {
  if (std::holds_alternative<std::string Request::*>(field.member)) {
    set_field(request, field, std::string(text));
  } else if (std::holds_alternative<bool Request::*>(field.member)) {
    set_field(request, field, parse_flag(field, text));
  } else {
    set_field(request, field, parse_number(field, text));
  }
}

std::string describe_range(const RequestField& field) {
  const GenerationRequest defaults;
  const FieldValue value = field_value(defaults, field);
  std::string text;
  if (!field.choices.empty()) text = "one of " + choice_list(field);
  if (is_bounded(field) && field.maximum != kAnySeed) text = bounds(field);
  const bool has_default =
      !std::holds_alternative<std::monostate>(value) && shown(value) != "''" && !(field.multiple_of > 1);
  if (has_default) text += fmt::format("{}default {}", text.empty() ? "" : "; ", shown(value));
  return text;
}

}  // namespace fude::pipelines
