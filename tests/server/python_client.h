#pragma once

namespace fude::server {

/// What txt2img of the public Python client (sdwebuiapi) sends: all members, always; those that only one of its
/// versions has, too.
constexpr const char* kClientTxt2Img = R"({
  "enable_hr": false, "hr_scale": 2, "hr_upscaler": "Latent", "hr_second_pass_steps": 0, "hr_resize_x": 0,
  "hr_resize_y": 0, "hr_checkpoint_name": null, "hr_sampler_name": null, "hr_scheduler": null, "hr_prompt": "",
  "hr_negative_prompt": "", "denoising_strength": 0.7, "firstphase_width": 0, "firstphase_height": 0,
  "prompt": "cute squirrel", "styles": [], "seed": 1003, "subseed": -1, "subseed_strength": 0.0,
  "seed_resize_from_h": 0, "seed_resize_from_w": 0, "batch_size": 1, "n_iter": 1, "steps": 20, "cfg_scale": 7,
  "width": 512, "height": 512, "restore_faces": false, "tiling": false, "do_not_save_samples": false,
  "do_not_save_grid": false, "negative_prompt": "ugly", "eta": 1.0, "s_churn": 0, "s_tmax": 0, "s_tmin": 0,
  "s_noise": 1, "override_settings": {}, "override_settings_restore_afterwards": true, "sampler_name": "Euler a",
  "scheduler": "automatic", "sampler_index": "Euler a", "script_name": null, "script_args": [], "send_images": true,
  "save_images": false, "alwayson_scripts": {}})";

/// Its img2img, shortened to what txt2img does not have.
constexpr const char* kClientImg2Img = R"({
  "init_images": ["data:image/png;base64,iVBORw0KGgo="], "resize_mode": 0, "denoising_strength": 0.75, "mask_blur": 4,
  "inpainting_fill": 0, "inpaint_full_res": true, "inpaint_full_res_padding": 0, "inpainting_mask_invert": 0,
  "initial_noise_multiplier": 1, "prompt": "cat", "image_cfg_scale": 1.5, "include_init_images": false,
  "sampler_name": "Euler a", "sampler_index": "Euler a", "alwayson_scripts": {}})";

/// Its extra_single_image.
constexpr const char* kClientExtra = R"({
  "resize_mode": 0, "show_extras_results": true, "gfpgan_visibility": 0, "codeformer_visibility": 0,
  "codeformer_weight": 0, "upscaling_resize": 2, "upscaling_resize_w": 512, "upscaling_resize_h": 512,
  "upscaling_crop": true, "upscaler_1": "None", "upscaler_2": "None", "extras_upscaler_2_visibility": 0,
  "upscale_first": false, "image": "data:image/png;base64,iVBORw0KGgo="})";

}  // namespace fude::server
