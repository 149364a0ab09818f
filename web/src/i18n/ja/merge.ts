import type { merge as en } from '../en/merge';
import type { Phrases } from '../phrases';

export const merge: Phrases<typeof en> = {
  title: 'マージ',
};
