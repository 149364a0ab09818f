import { describe, expect, it } from 'vitest';
import {
  afterStep,
  changedCount,
  groupSettings,
  isChanged,
  nothingKnown,
  valueOf,
  valueText,
  type Setting,
  type SettingsState,
} from './settings-list';

function setting(id: string, rest: Partial<Setting> = {}): Setting {
  return {
    id,
    group: 'sampling',
    kind: 'number',
    value: 1,
    default: 1,
    help: 'share',
    help_ja: '割合',
    ...rest,
  };
}

const eta = setting('eta_ancestral');
const vae = setting('sd_model_checkpoint', {
  group: 'model',
  kind: 'text',
  value: 'ink',
  default: 'Automatic',
  help: 'autoencoder',
  help_ja: 'VAE',
});
const state: SettingsState = { ...nothingKnown, settings: [eta, vae, setting('ui_theme', { value: 2 })] };
const all = { text: '', onlyChanged: false };
const title = (group: string) => (group === 'model' ? 'モデル' : 'Sampling');

describe('afterStep', () => {
  it('shows a change at once and the server’s value when it answered', () => {
    const asked = afterStep(state, { kind: 'change', id: eta.id, value: 0.5 });
    expect(valueOf(asked, eta)).toBe(0.5);
    const answered = { ...eta, value: 0.5 };
    const settled = afterStep(asked, { kind: 'settled', id: eta.id, settings: [answered] });
    expect(valueOf(settled, answered)).toBe(0.5);
    expect(settled.pending).toEqual({});
  });

  it('goes back when the change is refused, and says why until the next try', () => {
    const asked = afterStep(state, { kind: 'change', id: eta.id, value: 99 });
    const refused = afterStep(asked, { kind: 'refused', id: eta.id, reason: 'too much' });
    expect(valueOf(refused, eta)).toBe(1);
    expect(refused.refused[eta.id]).toBe('too much');
    expect(afterStep(refused, { kind: 'change', id: eta.id, value: 0.9 }).refused).toEqual({});
  });

  it('keeps changes under way when others were read', () => {
    const asked = afterStep(state, { kind: 'change', id: eta.id, value: 0.5 });
    const read = afterStep(asked, { kind: 'read', settings: [eta] });
    expect(valueOf(read, eta)).toBe(0.5);
  });
});

describe('isChanged', () => {
  it('compares with the default, on the way, too', () => {
    expect(isChanged(state, eta)).toBe(false);
    expect(isChanged(state, vae)).toBe(true);
    expect(isChanged(afterStep(state, { kind: 'change', id: vae.id, value: null }), vae)).toBe(false);
    expect(isChanged(state, setting('a', { kind: 'list', value: ['x'], default: ['x'] }))).toBe(false);
    expect(changedCount(state)).toBe(1);
  });
});

describe('groupSettings', () => {
  const ids = (text: string, onlyChanged = false) =>
    groupSettings(state, { text, onlyChanged }, title).flatMap(({ settings }) =>
      settings.map(({ id }) => id),
    );

  it('leaves out what the page keeps itself', () => {
    expect(groupSettings(state, all, title).map(({ name }) => name)).toEqual(['sampling', 'model']);
    expect(ids('theme')).toEqual([]);
  });

  it('finds words of both languages, ids and names of groups', () => {
    expect(ids('割合')).toEqual(['eta_ancestral']);
    expect(ids('AUTOENCODER sd')).toEqual(['sd_model_checkpoint']);
    expect(ids('eta ancestral')).toEqual(['eta_ancestral']);
    expect(ids('モデル')).toEqual(['sd_model_checkpoint']);
    expect(ids('nothing')).toEqual([]);
  });

  it('can show the changed ones only', () => {
    expect(ids('', true)).toEqual(['sd_model_checkpoint']);
  });
});

describe('valueText', () => {
  it('writes empty values as a dash', () => {
    expect(valueText('')).toBe('–');
    expect(valueText([])).toBe('–');
    expect(valueText(['a', 'b'])).toBe('a, b');
    expect(valueText(false)).toBe('false');
  });
});
