import type { Component } from 'svelte';
import type { IconName } from '../components/icon-paths';
import type { RoomName } from '../stores/route-hash';

export interface Room {
  name: RoomName;
  icon: IconName;
  /** A member of requests without which the studio has no use for the room; see `catalogue.field`. */
  needs?: string;
  /** Fetched when the room is first entered. */
  load: () => Promise<{ default: Component }>;
}

export const rooms: readonly Room[] = [
  { name: 'create', icon: 'brush', load: () => import('../rooms/create/CreateRoom.svelte') },
  {
    name: 'redraw',
    icon: 'edit',
    needs: 'inpainting_fill',
    load: () => import('../rooms/redraw/RedrawRoom.svelte'),
  },
  { name: 'gallery', icon: 'gallery', load: () => import('../rooms/gallery/GalleryRoom.svelte') },
  { name: 'png-info', icon: 'info', load: () => import('../rooms/png-info/PngInfoRoom.svelte') },
  { name: 'models', icon: 'cube', load: () => import('../rooms/models/ModelsRoom.svelte') },
  { name: 'merge', icon: 'merge', load: () => import('../rooms/merge/MergeRoom.svelte') },
  { name: 'settings', icon: 'settings', load: () => import('../rooms/settings/SettingsRoom.svelte') },
  { name: 'help', icon: 'help', load: () => import('../rooms/help/HelpRoom.svelte') },
];
