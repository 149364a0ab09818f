#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "diffusion/sampler_traits.h"
#include "pipelines/source_pictures.h"

namespace fude::pipelines {

/// Everything a user can say about a picture to be made. The values below are the defaults of the command line and the
/// studio; a JSON body has its own (api_request()). What a member is called elsewhere, its range and its
/// help stand in one table, request_fields.h.
struct GenerationRequest {
  std::string prompt;
  std::string negative_prompt;

  /// Words kept under a name that are added to both prompts. Emptied by expand_words().
  std::vector<std::string> styles;
  bool dynamic_prompts = true;  // draw words from templates: {a|b}, __wildcard__
  bool combinatorial = false;   // make a picture for every combination instead
  int max_generations = 100;    // combinations at most
  std::string prompt_template;  // what the prompt was drawn from; empty: nothing was drawn
  std::string negative_template;

  std::string model;         // path, name or title; empty: the embedded default model
  std::string text_encoder;  // checkpoint that lends text encoders and autoencoder to a U-Net that comes alone;
                             // empty: the first one that fits
  std::string vae = "Automatic";
  std::string vae_tiling = "auto";              // "on", "off", "lean"; auto: piece by piece where memory is short
  bool vae_overrides_model_preferences = true;  // false: an autoencoder that belongs to the model goes before `vae`
  std::string refiner;                          // a second model that takes over at the end; empty: none
  double refiner_switch_at = 0.8;               // share of the way after which it does, 0..1
  bool refiner_switch_by_sample_steps = false;  // that share of the calls, not of the model's noise levels

  std::string sampler = "DPM++ 2M";     // after normalise(): a label of kSamplerTraits
  std::string scheduler = "Automatic";  // after normalise(): a label of kScheduleTraits
  int steps = 20;
  double cfg_scale = 7;

  std::int64_t seed = -1;  // -1: a random one, see resolve_seeds()
  std::int64_t subseed = -1;
  double subseed_strength = 0;  // 0..1: how far the noise is turned towards that of subseed
  int seed_resize_from_w = 0;   // pixels; 0 or less: off
  int seed_resize_from_h = 0;
  std::int64_t eta_noise_seed_delta = 0;  // ENSD
  std::string randn_source = "GPU";       // GPU and NV: the Philox stream; CPU: torch's CPU stream

  int width = 0;  // pixels, a multiple of 8; 0: the model's native size
  int height = 0;
  int batch_size = 1;
  int batch_count = 1;
  bool tiling = false;

  bool restore_faces = false;                         // make faces anew once a picture is decoded, with:
  std::string face_restoration_model = "CodeFormer";  // CodeFormer, GFPGAN; None: no faces after all
  double code_former_weight = 0.5;                    // 0..1: how closely CodeFormer keeps to the picture

  /// What the picture is made from beside words. With init_images this is img2img, with a mask inpainting.
  SourcePictures sources;
  /// How much of the noise is added to the picture that is started from, 0..1; absent: see acting_strength().
  std::optional<double> denoising_strength;
  int resize_mode = 0;                               // 0 stretch, 1 crop, 2 fill, 3 stretch the latent
  std::string upscaler_for_img2img = "None";         // enlarges a picture that must grow
  double initial_noise_multiplier = 1;               // 0..1.5, of the first noise
  double img2img_extra_noise = 0;                    // 0..1, on top of it, in units of the latent
  bool img2img_fix_steps = false;                    // exactly `steps` steps, whatever the strength
  bool img2img_color_correction = false;             // give the result the colours of what it was made from
  std::string img2img_background_color = "#ffffff";  // what lies below transparent parts
  std::optional<double> image_cfg_scale;             // instruct-pix2pix models only; absent: 1.5

  int mask_blur = 4;     // pixels, standard deviation
  int mask_blur_x = -1;  // pixels; -1: mask_blur
  int mask_blur_y = -1;
  bool mask_round = true;               // the latent is made anew in whole cells; false: in shares
  bool inpainting_mask_invert = false;  // make anew what is not masked
  int inpainting_fill = 1;              // what lies below the mask at the start: 0 its blurred
                                        // surroundings, 1 the picture, 2 noise, 3 nothing (zeros of the latent)
  bool inpaint_full_res = false;        // make the surroundings of the mask alone, at full size
  int inpaint_full_res_padding = 32;    // pixels around it
  double inpainting_mask_weight = 1;    // 0..1: how much of the masked picture is hidden from an inpainting model
  bool overlay_inpaint = true;          // lay what is not masked over the result, bit for bit
  bool soft_inpainting = false;         // blend by how much changed, with:
  double soft_schedule_bias = 1;
  double soft_preservation_strength = 0.5;
  double soft_transition_contrast = 4;
  double soft_mask_influence = 0;
  double soft_difference_threshold = 0.5;
  double soft_difference_contrast = 2;

  bool sd_upscale = false;      // enlarge the picture and redraw it in tiles of width x height, with:
  double sd_upscale_scale = 2;  // 1..8
  std::string sd_upscale_upscaler = "Lanczos";
  int sd_upscale_overlap = 64;  // pixels that neighbouring tiles share

  /// Copies kept beside the finished picture, and those handed out with it (pipelines/picture_copies.h).
  bool save_images_before_highres_fix = false;
  bool save_images_before_face_restoration = false;
  bool save_images_before_color_correction = false;
  bool save_mask = false;
  bool save_mask_composite = false;
  bool return_mask = false;
  bool return_mask_composite = false;
  bool save_init_img = false;  // what was started from, and its MD5 in the picture's text

  bool enable_hr = false;  // hires fix: a second pass over the enlarged picture, with:
  double hr_scale = 2;     // 1..4
  int hr_resize_x = 0;     // pixels; both 0: by hr_scale; one 0: by the other; both: cut to fit
  int hr_resize_y = 0;
  std::string hr_upscaler = "Latent";
  int hr_second_pass_steps = 0;                        // 0: as many as the first
  std::string hr_checkpoint;                           // empty: the same
  std::string hr_sampler;                              // empty: the same
  std::string hr_scheduler;                            // empty: the same
  std::string hr_prompt;                               // empty: the same
  std::string hr_negative_prompt;                      // empty: the same
  std::optional<double> hr_cfg;                        // absent: the same
  std::string hires_fix_refiner_pass = "second pass";  // of which the refiner makes the end: first pass, both passes

  int clip_skip = 1;
  bool sdxl_clip_l_skip = false;  // SDXL's first text encoder follows clip_skip, too
  int sdxl_crop_top = 0;          // pixels: where SDXL is told that the picture was cut out of a larger one
  int sdxl_crop_left = 0;
  double sdxl_refiner_high_aesthetic_score = 6;   // 0..10: what SDXL's refiner is told of the picture wanted,
  double sdxl_refiner_low_aesthetic_score = 2.5;  // and of the one not wanted
  std::string emphasis = "Original";              // Original, No norm, Ignore, None
  int comma_padding_backtrack = 20;               // tokens
  bool enable_prompt_comments = true;
  bool use_old_scheduling = false;  // when to change words in [from:to:when]: the rule of old versions

  std::string sd_lora = "None";                  // named in every prompt that does not name it itself
  std::string sd_hypernetwork = "None";          // the same
  double extra_networks_default_multiplier = 1;  // how strongly these two act
  bool lora_add_hashes_to_infotext = true;
  /// "name: hash, ..": which files the prompt's LoRAs were; here they may have other names.
  std::string lora_hashes;

  std::optional<double> eta;  // absent: eta_ancestral
  double eta_ancestral = 1;
  double eta_ddim = 0;
  double s_churn = 0;
  double s_tmin = 0;  // sigma
  double s_tmax = 0;  // sigma; 0: no upper bound
  double s_noise = 1;
  double sigma_min = 0;  // sigma; 0: the model's
  double sigma_max = 0;
  double rho = 0;           // 0: the schedule's own
  double beta_alpha = 0.6;  // of the Beta schedule's distribution
  double beta_beta = 0.6;
  bool sgm_noise_multiplier = false;
  bool always_discard_next_to_last_sigma = false;
  bool enable_quantization = false;           // round timesteps to whole numbers
  std::string prediction_type = "Automatic";  // what the model was trained to predict: Automatic, epsilon, v
  std::string noise_schedule = "Default";     // its noise levels: Default, Zero Terminal SNR, Standard

  std::string unipc_variant = "bh1";             // bh1, bh2, vary_coeff
  std::string unipc_skip_type = "time_uniform";  // time_uniform, time_quadratic, logSNR
  int unipc_order = 3;
  bool unipc_lower_order_final = true;

  double s_min_uncond = 0;  // sigma below which the unguided half is skipped on every other step; 0: never
  bool s_min_uncond_all = false;
  double skip_early_cond = 0;  // 0..1: share of the first steps that run without guidance

  double cfg_rescale = 0;              // 0..1: share brought back to the spread of the unguided picture
  bool has_dynamic_threshold = false;  // shrink what a high CFG scale gives to the spread of a lower one:
  double mimic_scale = 7;
  double threshold_percentile = 100;
  std::string mimic_mode = "Constant";  // Constant, (Half |)Cosine or Linear, Up or Down: its way over the steps
  double mimic_scale_minimum = 0;
  std::string threshold_cfg_mode = "Constant";  // the same for the CFG scale
  double threshold_cfg_minimum = 0;
  bool threshold_channels = true;        // each channel of the latent by itself
  std::string threshold_start = "MEAN";  // MEAN, ZERO
  std::string threshold_measure = "AD";  // AD, STD
  double threshold_share = 1;            // 0..1, the rest as it was

  double pag_scale = 0;      // perturbed-attention guidance; 0: off
  double sag_scale = 0;      // self-attention guidance; 0: off
  double sag_threshold = 1;  // of attention, 1 is the average
  double sag_blur = 2;       // latent pixels
  bool has_free_u = false;   // FreeU, with:
  double free_u_b1 = 1.5;
  double free_u_b2 = 1.6;
  double free_u_s1 = 0.9;
  double free_u_s2 = 0.2;
  std::string tiled_diffusion = "None";  // MultiDiffusion, Mixture of Diffusers: the network sees the latent in
                                         // pieces that overlap (diffusion/tiled_network.h), with:
  int diffusion_tile_width = 96;         // latent cells
  int diffusion_tile_height = 96;
  int diffusion_tile_overlap = 48;
  int diffusion_tile_batch = 4;    // in one call of the network, on graphics cards
  double token_merging_ratio = 0;  // 0..0.9
  bool has_hypertile = false;      // attention in tiles, with:
  int hypertile_max_depth = 3;
  int hypertile_max_tile = 256;  // pixels
  bool pad_cond_uncond = false;
  bool batch_cond_uncond = true;

  bool add_model_name_to_info = true;
  bool add_model_hash_to_info = true;
  bool add_vae_name_to_info = true;
  bool add_vae_hash_to_info = true;
  bool add_version_to_infotext = true;
  bool add_engine_to_infotext = true;  // and whatever else it takes to make the picture again, byte for byte

  bool keep_film = false;  // the studio keeps how the picture came to be, as a film

  /// Further pairs for the picture's text, in order: what the pipeline did beyond the members above, and what a
  /// parsed text held that no program part claims.
  std::vector<std::pair<std::string, std::string>> extra;
};

/// The longest texts of a request, in bytes: of words, also when styles and wildcards were put in, and of names and
/// paths. Text encoders read the former in about a second.
inline constexpr std::size_t kLongestPrompt = 100'000;
inline constexpr std::size_t kLongestName = 4096;
/// How many styles a request may name, and how many pairs it may add to the picture's text.
inline constexpr std::size_t kMostStyles = 100;
inline constexpr std::size_t kMostExtraTexts = 1000;

/// The largest picture: width * height, in pixels.
inline constexpr std::int64_t kLargestPicture = 8192LL * 8192;

/// The request whose members have the defaults of POST /sdapi/v1/txt2img and img2img (50 steps, Euler, 512x512).
GenerationRequest api_request();

/// Whether a picture is started from (img2img, inpainting).
bool starts_from_picture(const GenerationRequest& request);

/// The pictures that one batch makes, and the request in all. (SD upscale makes one of a whole number of batches, which
/// are of tiles.)
int pictures_of_batch(const GenerationRequest& request);
int picture_count(const GenerationRequest& request);

/// The strength a run has: the request's own, else 0.75, for hires fix 0.7.
double acting_strength(const GenerationRequest& request);

/// The name of what restores the faces of the request's pictures; empty: nothing does.
std::string acting_face_restorer(const GenerationRequest& request);

/// How strictly an instruct-pix2pix model keeps to the picture: the request's own, else 1.5.
double acting_image_guidance(const GenerationRequest& request);

/// Standard deviation of the mask's blur, in pixels.
struct MaskBlur {
  int x = 0;
  int y = 0;
};
MaskBlur mask_blur_of(const GenerationRequest& request);

/// The size of the picture that hires fix makes, in pixels: it covers what was asked for, and `crop_*` are cut off in
/// all, both in whole cells of 8 pixels.
struct HiresSize {
  int width = 0;
  int height = 0;
  int crop_x = 0;
  int crop_y = 0;
};

/// Of a request with a size. Throws Error(kInvalidArgument) for one that is too small or too large.
HiresSize hires_size(const GenerationRequest& request);

/// Brings names to their one spelling (joined sampler names are split) and checks every member's range and what
/// members say together. Throws Error(kInvalidArgument) that names the member.
void normalise(GenerationRequest& request);

/// Checks both prompts: their length, and that they are text. Throws Error(kInvalidArgument).
void check_words(const GenerationRequest& request);

/// Replaces seeds of -1 by random ones in [0, 4294967294), as is done once per job.
void resolve_seeds(GenerationRequest& request);

/// The request of picture `index` (from 0) of the job: its own seeds, by the web UI's rule: the seed counts up unless
/// there is variation, the subseed always does. Seeds must be resolved.
GenerationRequest request_of_image(const GenerationRequest& request, int index);

/// The eta a run has: the request's own, else the setting for the sampler's kind, else the sampler's own.
double acting_eta(const GenerationRequest& request, const diffusion::SamplerTraits& sampler);

}  // namespace fude::pipelines
