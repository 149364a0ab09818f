import { api, type Schema } from '../../api/client';
import { t } from '../../i18n/index.svelte';
import { catalogue } from '../../stores/catalogue.svelte';
import { fetchPicture, toBase64 } from '../../stores/picture-file';
import { toasts } from '../../stores/toasts.svelte';
import { closestUpscaler } from '../../stores/upscaler-choices';
import type { FormStore } from './form.svelte';
import { hiresMembers, hiresRequest, isGrid, only, startingHires, strengthMember } from './picture-members';
import { queue } from './queue.svelte';
import { results } from './results.svelte';

/** What a second pass begins with, with the model and the upscalers that are there. */
export const startingHiresNow = () =>
  startingHires(catalogue.loaded?.native_size || 512, closestUpscaler(catalogue.upscalers));

/** The second pass alone, over a finished picture, with the second pass as it is set in `form`. Tells how it went. */
export async function hiresThis(picture: Schema<'Picture'>, { form }: FormStore): Promise<void> {
  const { id, seed } = picture;
  if (isGrid(picture)) return toasts.info(t().redraw.hires.noGrid);
  const [recipe, file] = await Promise.all([
    api.get('/pictures/{id}/recipe', { path: { id } }),
    fetchPicture(id),
  ]);
  if (!recipe.ok) return toasts.error(recipe.error);
  if (!file) return toasts.error(t().redraw.cannotRead);
  const set = only($state.snapshot(form.members), [...hiresMembers, strengthMember]);
  const hires = { ...startingHiresNow(), ...set };
  if (!(await queue.submit(hiresRequest(recipe.value.request, seed, hires, await toBase64(file))))) return;
  results.follow();
  toasts.info(t().redraw.hires.sent);
}
