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
  it('is what the knob does, in Japanese, where no other does the same', () => {
    const said = (id: string, help_ja: string) => ({ ...field(id, '', 'Some name'), help_ja });
    const init = said('save_init_img', '元の画像も保存する（-init）');
    const blurs = [said('mask_blur_x', 'マスクのぼかし（横）'), said('mask_blur_y', 'マスクのぼかし（縦）')];
    const long = said('ngms', 'このsigma未満ではネガティブプロンプトを1ステップおきに省く');
    const titles = [init, ...blurs, long].map((each) => knobTitleJa(each, [init, ...blurs, long]));
    expect(titles).toEqual(['元の画像も保存する', 'Some name', 'Some name', 'Some name']);
  });

  it('uses the name that pictures carry', () => {
    expect(knobTitle(field('s_churn', 's_churn', 'Sigma churn'))).toBe('Sigma churn');
    expect(knobTitle(field('seed_resize_from_w', '', 'Seed resize from-1'))).toBe('Seed resize from w');
  });
});
