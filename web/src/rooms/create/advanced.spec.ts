import { describe, expect, it } from 'vitest';
import type { Schema } from '../../api/client';
import { advancedGroups, knobTitle, knobTitleJa } from './advanced';

function field(name: string, setting = '', infotext = ''): Schema<'Field'> {
  return { name, setting, infotext, kind: 'number', default: 0, help: '', help_ja: '' };
}

describe('advancedGroups', () => {
  it('leaves out what has a control of its own', () => {
    const groups = advancedGroups([field('steps'), field('', 'sd_vae'), field('eta'), field('', 'emphasis')]);
    expect(groups.map(({ group, fields }) => [group, fields.length])).toEqual([
      ['noise', 1],
      ['words', 1],
    ]);
  });

  it('has a place for knobs that it does not know', () => {
    expect(advancedGroups([field('something_new')]).map(({ group }) => group)).toEqual(['guidance']);
  });
});

describe('knobTitle', () => {
  it('is what the knob does, in Japanese, where pictures do not name it', () => {
    const help_ja = '元の画像も保存する（-init）';
    expect(knobTitleJa({ ...field('save_init_img', 'save_init_img', ''), help_ja })).toBe(
      '元の画像も保存する',
    );
    expect(knobTitleJa({ ...field('eta', 'eta', 'Eta'), help_ja: 'Eta（量）' })).toBe('Eta');
    expect(knobTitleJa(field('s_churn', 's_churn', ''))).toBe('S churn');
  });

  it('uses the name that pictures carry', () => {
    expect(knobTitle(field('s_churn', 's_churn', 'Sigma churn'))).toBe('Sigma churn');
    expect(knobTitle(field('seed_resize_from_w', '', 'Seed resize from-1'))).toBe('Seed resize from w');
  });
});
