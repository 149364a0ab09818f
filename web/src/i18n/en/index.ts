import { common } from './common';
import { compare } from './compare';
import { create } from './create';
import { gallery } from './gallery';
import { merge } from './merge';
import { models } from './models';
import { pngInfo } from './png-info';
import { redraw } from './redraw';
import { settings } from './settings';
import { upscale } from './upscale';

export const en = { common, compare, create, gallery, pngInfo, models, merge, redraw, settings, upscale };
