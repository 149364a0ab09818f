import type { pngInfo as en } from '../en/png-info';
import type { Phrases } from '../phrases';

export const pngInfo: Phrases<typeof en> = {
  title: 'PNG情報',
};
