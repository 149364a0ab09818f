import { api, type Schema } from '../../api/client';
import { t } from '../../i18n/index.svelte';
import { fetchPicture, toBase64 } from '../../stores/picture-file';
import { toasts } from '../../stores/toasts.svelte';
import type { FormStore } from './form.svelte';
import { fromWords, hiresMembers, hiresRequest, isGrid, only, strengthMember } from './picture-members';
import { queue } from './queue.svelte';
import { results } from './results.svelte';

/** The second pass alone, over a finished picture, with the second pass as it is set in `form`. Tells how it went. */
export async function hiresThis(picture: Schema<'Picture'>, { form }: FormStore): Promise<void> {
  const { id, seed } = picture;
  if (isGrid(picture)) return toasts.info(t().redraw.hires.noGrid);
  const members = fromWords({ ...$state.snapshot(form.members), enable_hr: true });
  const [recipe, file] = await Promise.all([
    api.get('/pictures/{id}/recipe', { path: { id } }),
    fetchPicture(id),
  ]);
  if (!recipe.ok) return toasts.error(recipe.error);
  if (!file) return toasts.error(t().redraw.cannotRead);
  const hires = only(members, [...hiresMembers, strengthMember]);
  if (!(await queue.submit(hiresRequest(recipe.value.request, seed, hires, await toBase64(file))))) return;
  results.follow();
  toasts.info(t().redraw.hires.sent);
}
