import type { settings as en } from '../en/settings';
import type { Phrases } from '../phrases';

export const settings: Phrases<typeof en> = {
  title: '設定',
};
