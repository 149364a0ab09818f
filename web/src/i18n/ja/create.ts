import type { create as en } from '../en/create';
import type { Phrases } from '../phrases';

export const create: Phrases<typeof en> = {
  title: '生成',
};
