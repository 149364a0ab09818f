import type { models as en } from '../en/models';
import type { Phrases } from '../phrases';

export const models: Phrases<typeof en> = {
  title: 'モデル',
};
