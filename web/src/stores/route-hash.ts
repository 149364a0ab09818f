export const roomNames = [
  'create',
  'redraw',
  'upscale',
  'compare',
  'gallery',
  'png-info',
  'models',
  'merge',
  'settings',
  'help',
] as const;
export type RoomName = (typeof roomNames)[number];

export interface Route {
  room: RoomName;
  params: Record<string, string>;
}

/** '#/gallery?id=12' -> the room and its parameters; anything unknown leads to Create. */
export function parseRoute(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?');
  const room = roomNames.find((name) => name === path) ?? 'create';
  return { room, params: Object.fromEntries(new URLSearchParams(query)) };
}

export function routeHash(room: RoomName, params: Record<string, string> = {}): string {
  const query = new URLSearchParams(params).toString();
  return `#/${room}${query ? `?${query}` : ''}`;
}
