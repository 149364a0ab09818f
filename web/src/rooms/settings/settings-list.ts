import type { Schema } from '../../api/client';

export type Setting = Schema<'Setting'>;
export type Value = Setting['value'];

/** Settings that this page keeps in the browser instead, one for each visitor. */
const keptByPage = new Set(['localization', 'ui_theme']);

// Programs that speak the web UI's API may ask for these; nothing in these pages goes by them. The last two stand in
// Create and go with every picture from there.
const withoutEffect = new Set([
  'quicksettings_list',
  'send_seed',
  'send_size',
  'CLIP_stop_at_last_layers',
  'sd_vae',
]);

const isHidden = ({ id }: Setting) => keptByPage.has(id) || withoutEffect.has(id);

export interface SettingsState {
  /** As the server has them. */
  settings: readonly Setting[];
  /** On their way to the server, by id. */
  pending: Readonly<Record<string, Value>>;
  /** Why the server refused the last change, by id. */
  refused: Readonly<Record<string, string>>;
}

export const nothingKnown: SettingsState = { settings: [], pending: {}, refused: {} };

export type SettingsStep =
  | { kind: 'read'; settings: readonly Setting[] }
  | { kind: 'change'; id: string; value: Value }
  | { kind: 'settled'; id: string; settings: readonly Setting[] }
  | { kind: 'refused'; id: string; reason: string };

/** What the page shows after a step. A change shows at once, and goes back when it is refused. */
export function afterStep(state: SettingsState, step: SettingsStep): SettingsState {
  switch (step.kind) {
    case 'read':
      return { ...state, settings: step.settings };
    case 'change':
      return {
        ...state,
        pending: { ...state.pending, [step.id]: step.value },
        refused: without(state.refused, step.id),
      };
    case 'settled':
      return { ...state, settings: step.settings, pending: without(state.pending, step.id) };
    case 'refused':
      return {
        ...state,
        pending: without(state.pending, step.id),
        refused: { ...state.refused, [step.id]: step.reason },
      };
  }
}

function without<T>(record: Readonly<Record<string, T>>, id: string): Record<string, T> {
  return Object.fromEntries(Object.entries(record).filter(([key]) => key !== id));
}

/** The value to show: one on its way counts, and null there means the default. */
export function valueOf(state: SettingsState, setting: Setting): Value {
  const pending = state.pending[setting.id];
  if (pending === undefined) return setting.value;
  return pending === null ? setting.default : pending;
}

export function isChanged(state: SettingsState, setting: Setting): boolean {
  return JSON.stringify(valueOf(state, setting)) !== JSON.stringify(setting.default);
}

export interface SettingFilter {
  /** All words must be found in the id, the group's name or the help of either language. */
  text: string;
  onlyChanged: boolean;
}

export interface SettingGroup {
  name: string;
  settings: Setting[];
}

/** The settings to show, by group, in the server's order. `titleOf` gives a group's name as the page writes it. */
export function groupSettings(
  state: SettingsState,
  { text, onlyChanged }: SettingFilter,
  titleOf: (group: string) => string,
): SettingGroup[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const groups = new Map<string, Setting[]>();
  for (const setting of state.settings) {
    if (isHidden(setting) || (onlyChanged && !isChanged(state, setting))) continue;
    const { id, group, help, help_ja } = setting;
    const whole = [id, id.replaceAll('_', ' '), group, titleOf(group), help, help_ja]
      .join('\n')
      .toLowerCase();
    if (!words.every((word) => whole.includes(word))) continue;
    groups.set(group, [...(groups.get(group) ?? []), setting]);
  }
  return [...groups].map(([name, settings]) => ({ name, settings }));
}

export function changedCount(state: SettingsState): number {
  return state.settings.filter((setting) => !isHidden(setting) && isChanged(state, setting)).length;
}

/** A value as text: what a default looks like beside a changed setting. */
export function valueText(value: Value): string {
  if (value === null || value === '') return '–';
  return Array.isArray(value) ? value.join(', ') || '–' : String(value);
}

/** The beginning of a sentence; a setting's name stays as it is written. */
export const capitalised = (text: string): string =>
  /^[a-z]+_/.test(text) ? text : text.charAt(0).toUpperCase() + text.slice(1);
