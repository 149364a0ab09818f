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
  const all: (Destination & { needs: string })[] = [
    {
      icon: 'edit',
      label: words.redraw,
      key: 'e',
      needs: 'resize_mode',
      send: (source) => handover.toRedraw({ source, masked: false }),
    },
    {
      icon: 'mask',
      label: words.inpaint,
      key: 'p',
      needs: 'inpainting_fill',
      send: (source) => handover.toRedraw({ source, masked: true }),
    },
  ];
  return all.filter(({ needs }) => catalogue.field(needs) !== undefined);
}
