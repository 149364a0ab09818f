import type { Component } from 'svelte';
import type { IconName } from '../components/icon-paths';
import { catalogue } from '../stores/catalogue.svelte';
import type { RoomName } from '../stores/route-hash';

export interface Room {
  name: RoomName;
  icon: IconName;
  /** Whether the studio has a use for the room; without it: always. Reactive. */
  isOffered?: () => boolean;
  /** Fetched when the room is first entered. */
  load: () => Promise<{ default: Component }>;
}

export const rooms: readonly Room[] = [
  { name: 'create', icon: 'brush', load: () => import('../rooms/create/CreateRoom.svelte') },
  {
    name: 'redraw',
    icon: 'edit',
    isOffered: () => catalogue.field('inpainting_fill') !== undefined,
    load: () => import('../rooms/redraw/RedrawRoom.svelte'),
  },
  {
    name: 'upscale',
    icon: 'enlarge',
    isOffered: () => catalogue.upscalers.length > 0,
    load: () => import('../rooms/upscale/UpscaleRoom.svelte'),
  },
  { name: 'compare', icon: 'grid', load: () => import('../rooms/compare/CompareRoom.svelte') },
  { name: 'gallery', icon: 'gallery', load: () => import('../rooms/gallery/GalleryRoom.svelte') },
  { name: 'png-info', icon: 'info', load: () => import('../rooms/png-info/PngInfoRoom.svelte') },
  { name: 'models', icon: 'cube', load: () => import('../rooms/models/ModelsRoom.svelte') },
  { name: 'merge', icon: 'merge', load: () => import('../rooms/merge/MergeRoom.svelte') },
  { name: 'settings', icon: 'settings', load: () => import('../rooms/settings/SettingsRoom.svelte') },
  { name: 'help', icon: 'help', load: () => import('../rooms/help/HelpRoom.svelte') },
];
