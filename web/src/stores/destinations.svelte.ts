import type { IconName } from '../components/icon-paths';
import { t } from '../i18n/index.svelte';
import { catalogue } from './catalogue.svelte';
import { handover, type SentPicture } from './handover.svelte';

export interface Destination {
  icon: IconName;
  label: string;
  /** Of the gallery's large view. */
  key: string;
  send: (source: SentPicture['source']) => void;
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
  return all.filter(({ isOffered }) => isOffered);
}
