import type { IconName } from '../components/icon-paths';
import { api } from '../api/client';
import { t } from '../i18n/index.svelte';
import { catalogue } from './catalogue.svelte';
import { handover, type SentPicture } from './handover.svelte';
import { toBase64 } from './picture-file';
import { toasts } from './toasts.svelte';

export interface Destination {
  icon: IconName;
  label: string;
  /** Of the gallery's large view. */
  key: string;
  send: (source: SentPicture['source']) => void;
}

// By what the picture says of its making.
async function sendToCompare(source: SentPicture['source']) {
  const answer =
    typeof source === 'number'
      ? await api.get('/pictures/{id}/recipe', { path: { id: source } })
      : await api.post('/recipe', { body: { image: await toBase64(source) } });
  if (!answer.ok) return toasts.error(answer.error);
  if (answer.value.infotext === '') return toasts.info(t().compare.saysNothing);
  handover.toCompare({
    request: { ...answer.value.request, batch_size: 1, n_iter: 1 },
    picture: typeof source === 'number' ? source : undefined,
  });
}

/** Where a picture can go on: the rooms that this studio has a use for. Reactive. */
export function destinations(): Destination[] {
  const words = t().redraw.sendTo;
  const all: (Destination & { isOffered: boolean })[] = [
    {
      icon: 'edit',
      label: words.redraw,
      key: 'e',
      isOffered: catalogue.field('resize_mode') !== undefined,
      send: (source) => handover.toRedraw({ source, masked: false }),
    },
    {
      icon: 'mask',
      label: words.inpaint,
      key: 'p',
      isOffered: catalogue.field('inpainting_fill') !== undefined,
      send: (source) => handover.toRedraw({ source, masked: true }),
    },
    {
      icon: 'enlarge',
      label: words.upscale,
      key: 'u',
      isOffered: catalogue.upscalers.length > 0,
      send: (source) => handover.toUpscale({ source }),
    },
  ];
  all.push({
    icon: 'grid',
    label: t().compare.send,
    key: 'v',
    isOffered: true,
    send: (source) => void sendToCompare(source),
  });
  return all.filter(({ isOffered }) => isOffered);
}
