import { listen, type StudioEvent } from '../api/events';

type Hear = (event: StudioEvent) => void;

/**
 * The one stream of events of this page. Rooms hear what they need with `on`; after a break, and when the server says
 * that events were lost, everyone hears 'resync' and asks anew.
 */
class Studio {
  connected = $state(true);
  #hearers = new Set<Hear>();
  #wasConnected = false;

  constructor() {
    listen({
      heard: (event) => this.#tell(event),
      connected: (standing) => {
        const isReturn = standing && !this.connected && this.#wasConnected;
        if (standing) this.#wasConnected = true;
        this.connected = standing;
        if (isReturn) this.#tell({ name: 'resync', data: {} });
      },
    });
  }

  /** Returns how to stop; made to be returned from an $effect. */
  on(hear: Hear): () => void {
    this.#hearers.add(hear);
    return () => this.#hearers.delete(hear);
  }

  #tell(event: StudioEvent) {
    for (const hear of this.#hearers) hear(event);
  }
}

export const studio = new Studio();
