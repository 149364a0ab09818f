import { t } from '../i18n/index.svelte';
import { toasts } from './toasts.svelte';

/** Puts a text on the clipboard and says so. Pages that are not served safely (http on another host) have none. */
export async function copyText(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    toasts.good(t().common.copied);
  } catch {
    if (copyBySelection(text)) toasts.good(t().common.copied);
    else toasts.error(t().common.cannotCopy);
  }
}

/** The way of old browsers; it works without a safe connection, too. Inside an open dialog only its own content counts. */
function copyBySelection(text: string): boolean {
  const box = document.createElement('textarea');
  box.value = text;
  const place = document.querySelector('dialog[open]') ?? document.body;
  place.append(box);
  box.select();
  const done = document.execCommand('copy');
  box.remove();
  return done;
}
