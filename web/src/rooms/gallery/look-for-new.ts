import { api } from '../../api/client';
import { t } from '../../i18n/index.svelte';
import { toasts } from '../../stores/toasts.svelte';

/** Has the studio look for pictures that commands made, or that were copied into its folder. The pages hear of them. */
export async function lookForNew(): Promise<void> {
  const answer = await api.post('/pictures/rescan');
  if (!answer.ok) return toasts.error(answer.error);
  toasts.good(t().gallery.looked(answer.value.added, answer.value.removed));
}
