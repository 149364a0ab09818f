/** Katakana as hiragana; all else stays. */
export function toHiragana(text: string): string {
  return text.replace(/[\u30a1-\u30f6]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) - 0x60));
}

export function isKana(text: string): boolean {
  return /^[\u3041-\u3096\u30a1-\u30fc・]+$/.test(text);
}

// Rows of five, each for a, i, u, e, o; a dot where there is none.
const rows: [string, string][] = [
  ['', 'あいうえお'],
  ['k', 'かきくけこ'],
  ['s', 'さしすせそ'],
  ['t', 'たちつてと'],
  ['n', 'なにぬねの'],
  ['h', 'はひふへほ'],
  ['m', 'まみむめも'],
  ['y', 'や.ゆ.よ'],
  ['r', 'らりるれろ'],
  ['w', 'わゐ.ゑ.'],
  ['g', 'がぎぐげご'],
  ['z', 'ざじずぜぞ'],
  ['d', 'だ..でど'],
  ['b', 'ばびぶべぼ'],
  ['p', 'ぱぴぷぺぽ'],
  ['v', '..ゔ..'],
];

const syllables = new Map<string, string>([
  ['を', 'o'],
  ['ん', 'n'],
  ['ぢ', 'zi'],
  ['づ', 'zu'],
  ['ゎ', 'wa'],
]);
for (const [consonant, letters] of rows) {
  [...letters].forEach((letter, index) => {
    if (letter !== '.') syllables.set(letter, consonant + 'aiueo'.charAt(index));
  });
}

/** Small letters take the vowel before them away: きゃ is kya, ふぁ is fa, うぃ is wi. */
const smallLetters: Record<string, string> = {
  ゃ: 'ya',
  ゅ: 'yu',
  ょ: 'yo',
  ぁ: 'a',
  ぃ: 'i',
  ぅ: 'u',
  ぇ: 'e',
  ぉ: 'o',
};

function joinSmall(syllable: string, small: string): string {
  const consonant = syllable.slice(0, -1);
  if (small.startsWith('y') || (consonant === 'h' && syllable !== 'hu')) return consonant + small;
  if (syllable === 'hu') return `f${small}`;
  if (syllable === 'u') return `w${small}`;
  return small === 'e' && syllable.endsWith('i') ? `${consonant}ye` : consonant + small;
}

function romajiOf(kana: string): string {
  const parts: string[] = [];
  for (const letter of toHiragana(kana)) {
    const small = smallLetters[letter];
    const before = parts.at(-1);
    if (small && before) parts[parts.length - 1] = joinSmall(before, small);
    else parts.push(small ?? syllables.get(letter) ?? (/[a-z0-9]/.test(letter) ? letter : ''));
  }
  return parts.join('');
}

/**
 * Latin letters in the one spelling in which readings are compared, whatever the writer's: shi and si, tsu and tu, long
 * and short vowels, single and doubled consonants fall together. Beginnings stay beginnings: `kinpa` folds to the
 * beginning of what `kinpatsu` folds to.
 */
export function foldRomaji(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '')
    .replace(/sh(?!i)/g, 'sy')
    .replace(/ch(?!i)/g, 'ty')
    .replace(/j(?!i)/g, 'zy')
    .replace(/yy/g, 'y')
    .replace(/shi/g, 'si')
    .replace(/chi/g, 'ti')
    .replace(/ji/g, 'zi')
    .replace(/(sy|ty|zy)$/, (end) => end.charAt(0))
    .replace(/ts/g, 't')
    .replace(/dz/g, 'z')
    .replace(/du/g, 'zu')
    .replace(/fu/g, 'hu')
    .replace(/l/g, 'r')
    .replace(/m(?=[bp])/g, 'n')
    .replace(/(.)\1+/g, '$1')
    .replace(/ou/g, 'o');
}

/** The folded romaji of a reading in kana. */
export function foldKana(kana: string): string {
  return foldRomaji(romajiOf(kana));
}
