import { describe, expect, it } from 'vitest';
import { readCatalogue, Translator } from './message-catalogue';

const translator = new Translator(
  readCatalogue(`# a comment

there is no {} '{}'
{0}「{1}」がありません

lora
LoRA

'{}': {}
「{0}」：{1}

'{}' has {:.1f} bytes
「{0}」は{1}バイトです

no variable '{0}': '\${{{0}}}' stays as it is
変数「{0}」のまま

line {} is not YAML: {}
{0}行目（{1}）`),
);

describe('Translator', () => {
  it('puts what stood in the places into theirs', () => {
    expect(translator.translate("'a.png' has 12.5 bytes")).toBe('「a.png」は12.5バイトです');
    expect(translator.translate("no variable 'x': '${x}' stays as it is")).toBe('変数「x」のまま');
  });

  it('translates what is no name within a message', () => {
    expect(translator.translate("there is no lora 'lora'")).toBe('LoRA「lora」がありません');
    expect(translator.translate("'w.yaml': line 3 is not YAML: did not find expected key")).toBe(
      '「w.yaml」：3行目（did not find expected key）',
    );
  });

  it('takes signs of regular expressions for what they are', () => {
    expect(translator.translate("'(a|b).*[x]' has 1 bytes")).toBe('「(a|b).*[x]」は1バイトです');
  });

  it('does not know what nobody translated', () => {
    expect(translator.translate('something new')).toBeUndefined();
    expect(translator.translate('')).toBeUndefined();
  });
});

describe('readCatalogue', () => {
  it('refuses a line without its pair', () => {
    expect(() => readCatalogue('one\n\ntwo\n二')).toThrow("'one'");
    expect(() => readCatalogue('one\n一\nmore')).toThrow();
  });
});
