import { parseRoute, routeHash, type RoomName, type Route } from './route-hash';

/** Where the user is: the room and its parameters, kept in the address after '#', so links and the back key work. */
class Router {
  current = $state<Route>(parseRoute(location.hash));

  constructor() {
    addEventListener('hashchange', () => {
      this.current = parseRoute(location.hash);
    });
  }

  go(room: RoomName, params: Record<string, string> = {}): void {
    location.hash = routeHash(room, params);
  }

  /** Changes the parameters of the room without adding a step to the history. */
  replace(params: Record<string, string>): void {
    history.replaceState(null, '', routeHash(this.current.room, params));
    this.current = parseRoute(location.hash);
  }
}

export const router = new Router();
