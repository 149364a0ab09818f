import { api } from '../../api/client';
import { studio } from '../../stores/studio.svelte';
import { toasts } from '../../stores/toasts.svelte';
import {
  afterStep,
  nothingKnown,
  type Setting,
  type SettingsState,
  type SettingsStep,
  type Value,
} from './settings-list';

/** The studio's settings; a change is sent as soon as it is made. */
export class Settings {
  state = $state.raw<SettingsState>(nothingKnown);
  known = $state(false);

  constructor() {
    void this.read();
  }

  follow(): () => void {
    return studio.on((event) => {
      if (event.name === 'settings' || event.name === 'resync') void this.read();
    });
  }

  async read(): Promise<void> {
    const answer = await api.get('/settings');
    if (!answer.ok) return toasts.error(answer.error);
    this.#step({ kind: 'read', settings: answer.value.settings });
    this.known = true;
  }

  /** null makes it the default again. */
  async change({ id }: Setting, value: Value): Promise<void> {
    this.#step({ kind: 'change', id, value });
    const answer = await api.patch('/settings', { body: { [id]: value } });
    if (answer.ok) this.#step({ kind: 'settled', id, settings: answer.value.settings });
    else this.#step({ kind: 'refused', id, reason: answer.error.message });
  }

  #step(step: SettingsStep) {
    this.state = afterStep(this.state, step);
  }
}
