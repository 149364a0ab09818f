import type { gallery as en } from '../en/gallery';
import type { Phrases } from '../phrases';

export const gallery: Phrases<typeof en> = {
  title: 'ギャラリー',
};
