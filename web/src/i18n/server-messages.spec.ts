import { describe, expect, it } from 'vitest';
import text from './ja/server-messages.txt?raw';
import { readCatalogue, Translator } from './message-catalogue';

const prefix = '../../../src/';
const sources = import.meta.glob<string>(
  '../../../src/{server,service,pipelines,prompt,merging,io,models,weights,diffusion,core}/**/*.{cpp,h}',
  { query: '?raw', import: 'default', eager: true },
);
const codes = new Map(
  Object.entries(sources).map(([path, code]) => [
    path.slice(prefix.length),
    code.replace(/^\s*\/\/.*$/gm, ''),
  ]),
);

const strings = /"((?:[^"\\\n]|\\.)*)"/g;

/** The texts of a piece of C++; those that stand side by side are one. */
function textsOf(code: string): string[] {
  const texts: string[] = [];
  let end = -1;
  for (const found of code.matchAll(strings)) {
    const piece = (found[1] ?? '').replace(/\\(["\\])/g, '$1');
    const isNext = end >= 0 && /^\s*$/.test(code.slice(end, found.index));
    if (isNext) texts.push(`${texts.pop() ?? ''}${piece}`);
    else texts.push(piece);
    end = found.index + found[0].length;
  }
  return texts;
}

/** The arguments of a call that begins at `start`. */
function argumentsFrom(code: string, start: number): string {
  let depth = 1;
  let isText = false;
  let at = start;
  for (; at < code.length && depth > 0; at++) {
    const sign = code.charAt(at);
    if (isText && sign === '\\') at++;
    else if (sign === '"') isText = !isText;
    else if (!isText && sign === '(') depth++;
    else if (!isText && sign === ')') depth--;
  }
  return code.slice(start, at - 1);
}

const entries = readCatalogue(text);
const patterns = new Set(entries.map(({ original }) => original));

/** Messages of the command line and of the start, which are read in a terminal. */
const terminalOnly = [
  'server/http_server.cpp: port ',
  "server/http_server.cpp: '{}' port",
  'server/security.cpp: the {} has',
  "server/security.cpp: '{}' can be reached",
  'pipelines/engine_options.cpp:',
  // Put together of parts, which are looked at by themselves.
  "pipelines/adapter_shelf.cpp: lora '{}': {}{}{}",
];
/** Said in the dialects of other programs, which this page does not speak. */
const otherDialects = /^server\/(sdapi_|openai_|multipart_form|sent_picture|web_ui_|extra_network_|sdapi)/;

describe('the Japanese of the messages', () => {
  it('stands for messages that the server has', () => {
    const known = new Set([...codes.values()].flatMap(textsOf));
    const whole = [...known].join('\n');
    const own = text.slice(0, text.indexOf('# Said by the system'));
    const strangers = readCatalogue(own)
      .map(({ original }) => original)
      .filter((original) => {
        if (known.has(original)) return false;
        // Put together of several texts in the sources, at its places.
        const pieces = original.split(/\{[^{}]*\}/).filter((piece) => piece.trim() !== '');
        return pieces.length === 0 || !pieces.every((piece) => whole.includes(piece));
      });
    expect(strangers).toEqual([]);
  });

  it('is there for every refusal of the server', () => {
    expect(codes.size).toBeGreaterThan(300);
    const missing = [...codes].flatMap(([file, code]) => {
      if (!/^(server|service|pipelines)\//.test(file) || otherDialects.test(file)) return [];
      return [
        ...code.matchAll(
          /\b(?:fail|HttpError|error_response|refuse|warn|warnings\.push_back)\(|\.error = (?=")/g,
        ),
      ]
        .map(({ index, 0: call }) => textsOf(argumentsFrom(code, index + call.length))[0] ?? '')
        .filter((message) => /[a-z]{2} |[a-z]{5}/.test(message))
        .filter((message) => !patterns.has(message) && !patterns.has(`${message}{}`))
        .map((message) => `${file}: ${message}`)
        .filter((line) => !terminalOnly.some((begin) => line.startsWith(begin)));
    });
    expect(missing).toEqual([]);
  });

  it('uses no place that its message does not have', () => {
    for (const { original, translation } of entries) {
      const places = original.replace(/\{\{|\}\}/g, '').match(/\{[^{}]*\}/g) ?? [];
      for (const [, index] of translation.matchAll(/\{(\d+)\}/g))
        expect(Number(index), original).toBeLessThan(places.length);
    }
  });

  it.each([
    ['steps is 0, expected 1..1000', 'ステップ数が0になっています。1から1000の間にしてください'],
    [
      "lora 'miku' is not among the 3 in 'models/Lora': put its file there or take it out of the prompt, did you mean 'mikuu'?",
      'LoRA「miku」が「models/Lora」に見つかりません（今は3個）。ファイルを入れるか、プロンプトから外してください。「mikuu」のことですか？',
    ],
    [
      "lora 'style': left out: module 'lora_unet_x' has factors of rank 4 and 8 (and 3 more)",
      "LoRA「style」：一部を使えませんでした（'lora_unet_x' has factors of rank 4 and 8）、ほか3個",
    ],
    [
      "'a.safetensors' is a LoRA, expected an autoencoder",
      '「a.safetensors」はLoRAです。VAEを選んでください',
    ],
    [
      "setting 'eta_ddim' is wrong, expected a number 0..1",
      '設定「eta_ddim」の値が正しくありません。0から1の間の数値にしてください',
    ],
    ["file 'a.png' cannot be read: Permission denied", 'ファイル「a.png」を読めません（権限がありません）'],
    [
      "'x' is no whole number, expected one, or a range such as 1-5, 1-5 (+2) or 1-10 [5]",
      '「x」は整数ではありません。値か、1-5、1-5 (+2)、1-10 [5] のような範囲で書いてください',
    ],
    [
      'width is 10, expected 64..8192, a multiple of 8',
      '幅が10になっています。64から8192の間で、8の倍数にしてください',
    ],
    [
      "model 'nope' is neither a file nor in 'models/VAE', which holds 2 models",
      'モデル「nope」が見つかりません。ファイルを「models/VAE」に入れるか、別のモデルを選んでください（今は2個）',
    ],
    ['job 7 is running, expected a waiting job', 'ジョブ7は実行中です。変えられるのは待機中のジョブだけです'],
  ])('says %s', (message, japanese) => {
    expect(new Translator(entries).translate(message)).toBe(japanese);
  });
});
