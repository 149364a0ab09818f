import { address, api } from '../api/client';
import { t } from '../i18n/index.svelte';
import { toasts } from './toasts.svelte';

/** The Save button: copies into the folder for what one wants to keep. */
export async function savePictures(pictures: number[]): Promise<void> {
  const answer = await api.post('/pictures/save', { body: { pictures, zip: false } });
  if (!answer.ok) return toasts.error(answer.error);
  const { files, folder } = answer.value;
  toasts.info(t().gallery.saved(files.length, folder));
}

/** The same as an archive, which the browser then downloads. */
export async function zipPictures(pictures: number[]): Promise<void> {
  const answer = await api.post('/pictures/save', { body: { pictures, zip: true } });
  if (!answer.ok) return toasts.error(answer.error);
  const { zip } = answer.value;
  if (!zip) return;
  const link = document.createElement('a');
  link.href = address.archive(zip);
  link.download = zip;
  link.click();
}
