/** Members of a request that begin with a picture or go over one: they have controls of their own, by room. */
export const redrawMembers = [
  'resize_mode',
  'mask_blur',
  'mask_blur_x',
  'mask_blur_y',
  'mask_round',
  'inpainting_fill',
  'inpainting_mask_invert',
  'inpaint_full_res',
  'inpaint_full_res_padding',
  'initial_noise_multiplier',
  'image_cfg_scale',
  'soft_inpainting',
  'soft_inpainting_schedule_bias',
  'soft_inpainting_preservation_strength',
  'soft_inpainting_transition_contrast_boost',
  'soft_inpainting_mask_influence',
  'soft_inpainting_difference_threshold',
  'soft_inpainting_difference_contrast',
  'sd_upscale',
  'sd_upscale_scale',
  'sd_upscale_upscaler',
  'sd_upscale_overlap',
] as const;

/** Settings that only count where a picture is redrawn. */
export const redrawSettings = [
  'upscaler_for_img2img',
  'img2img_extra_noise',
  'img2img_fix_steps',
  'img2img_color_correction',
  'img2img_background_color',
  'inpainting_mask_weight',
  'overlay_inpaint',
  'save_images_before_color_correction',
  'save_mask',
  'save_mask_composite',
  'save_init_img',
] as const;

/** The second pass of a larger picture. */
export const hiresMembers = [
  'enable_hr',
  'hr_scale',
  'hr_resize_x',
  'hr_resize_y',
  'hr_upscaler',
  'hr_second_pass_steps',
  'hr_checkpoint_name',
  'hr_sampler_name',
  'hr_scheduler',
  'hr_prompt',
  'hr_negative_prompt',
  'hr_cfg',
  'hires_fix_refiner_pass',
  'save_images_before_highres_fix',
] as const;

/** How faces are made again after all else. */
export const faceSettings = ['face_restoration_model', 'code_former_weight'] as const;

/** What is done with a finished picture: it has controls of its own in both rooms. */
const finishing = ['restore_faces', 'keep_film', ...faceSettings];

export const strengthMember = 'denoising_strength';

const owned = new Set<string>([
  ...redrawMembers,
  ...redrawSettings,
  ...hiresMembers,
  ...finishing,
  strengthMember,
]);

/** Whether a knob stands among the controls of redrawing or of the second pass, and so not among all others. */
export const isPictureMember = (id: string) => owned.has(id);

type Request = Record<string, unknown>;

export function without(request: Request, names: readonly string[]): Request {
  return Object.fromEntries(Object.entries(request).filter(([name]) => !names.includes(name)));
}

export function only(request: Request, names: readonly string[]): Request {
  return Object.fromEntries(Object.entries(request).filter(([name]) => names.includes(name)));
}

/** What the second pass's controls stand at while nothing was chosen. */
export const usualHires = {
  hr_scale: 2,
  hr_upscaler: 'Latent',
  hr_second_pass_steps: 0,
  denoising_strength: 0.7,
} as const;

/**
 * What the second pass begins with when it is switched on: close to the picture, and no larger than a model of this
 * native size can work out without drawing everything twice.
 */
export const startingHires = (nativeSize: number, upscaler: string) => ({
  hr_scale: nativeSize <= 256 ? 1.5 : 2,
  hr_upscaler: upscaler,
  denoising_strength: 0.35,
});

/** The request of a picture from words: without what belongs to redrawing, and to a second pass that is off. */
export function fromWords(request: Request): Request {
  const rest = without(request, redrawMembers);
  return rest.enable_hr === true
    ? { ...usualHires, ...rest }
    : without(rest, [...hiresMembers, strengthMember]);
}

export interface Size {
  width: number;
  height: number;
}

/** The size that a second pass comes to: whole pixels, then down to a multiple of 8. */
export function hiresSize({ width, height }: Size, scale: number): Size {
  const grown = (side: number) => Math.floor(Math.floor(side * scale) / 8) * 8;
  return { width: grown(width), height: grown(height) };
}

/** A finished picture's request for the second pass alone, with the second pass as it is set now. */
export function hiresRequest(made: Request, seed: unknown, hires: Request, picture: string): Request {
  return {
    ...without(made, [...redrawMembers, ...hiresMembers, strengthMember]),
    ...hires,
    seed,
    batch_size: 1,
    n_iter: 1,
    enable_hr: true,
    firstpass_image: picture,
  };
}

/** Several pictures in one, as its text says: there is no one picture to go over. */
export const isGrid = ({ infotext }: { infotext: string }) => /, Script: /.test(infotext);
