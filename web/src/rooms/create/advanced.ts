import type { Schema } from '../../api/client';
import { isPictureMember } from './picture-members';

type Field = Schema<'Field'>;

/** Knobs that have a place of their own in Create, or none in a page. */
const elsewhere = new Set([
  'prompt',
  'negative_prompt',
  'sampler_name',
  'scheduler',
  'steps',
  'cfg_scale',
  'width',
  'height',
  'batch_size',
  'n_iter',
  'seed',
  'subseed',
  'subseed_strength',
  'sd_model_checkpoint',
  'sd_vae',
  'CLIP_stop_at_last_layers',
  // What other programs get over the network.
  'return_mask',
  'return_mask_composite',
]);

export type AdvancedGroup = 'noise' | 'words' | 'refiner' | 'tiles' | 'guidance';

const groupOf: Record<string, AdvancedGroup> = {
  dynamic_prompts: 'words',
  combinatorial: 'words',
  max_generations: 'words',
  emphasis: 'words',
  comma_padding_backtrack: 'words',
  enable_prompt_comments: 'words',
  use_old_scheduling: 'words',
  sdxl_clip_l_skip: 'words',
  refiner_checkpoint: 'refiner',
  refiner_switch_at: 'refiner',
  refiner_switch_by_sample_steps: 'refiner',
  eta_noise_seed_delta: 'noise',
  randn_source: 'noise',
  seed_resize_from_w: 'noise',
  seed_resize_from_h: 'noise',
  sigma_min: 'noise',
  sigma_max: 'noise',
  rho: 'noise',
  sgm_noise_multiplier: 'noise',
};

/** The id under which the form keeps a knob. */
export const knobId = (field: Field) => field.name || field.setting;

/** All other knobs of the studio by group, in the studio's order. */
export function advancedGroups(fields: readonly Field[]): { group: AdvancedGroup; fields: Field[] }[] {
  const groups = new Map<AdvancedGroup, Field[]>([
    ['noise', []],
    ['words', []],
    ['refiner', []],
    ['tiles', []],
    ['guidance', []],
  ]);
  for (const field of fields) {
    const id = knobId(field);
    if (id === '' || elsewhere.has(id) || elsewhere.has(field.setting) || isPictureMember(id)) continue;
    groups.get(groupOf[id] ?? groupByName(id))?.push(field);
  }
  return [...groups]
    .map(([group, members]) => ({ group, fields: members }))
    .filter((each) => each.fields.length > 0);
}

function groupByName(id: string): AdvancedGroup {
  if (/^(eta|s_(churn|tmin|tmax|noise)|beta_dist|sigma|uni_pc)/.test(id)) return 'noise';
  return id.startsWith('tiled_diffusion') ? 'tiles' : 'guidance';
}

const briefJa = ({ help_ja }: Field) => (help_ja ?? '').split(/[（：。]/)[0] ?? '';

/** In Japanese: what it does, without the note behind it, where that is short and said of no other knob. */
export function knobTitleJa(field: Field, fields: readonly Field[]): string {
  const brief = briefJa(field);
  const isOwn = fields.filter((each) => briefJa(each) === brief).length < 2;
  return brief !== '' && brief.length <= 20 && isOwn ? brief : knobTitle(field);
}

/** 's_min_uncond' -> 'S min uncond', for a knob that the text of a picture does not name. */
export function knobTitle(field: Field): string {
  if (field.infotext && !field.infotext.includes('-')) return field.infotext;
  const words = knobId(field).replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
