// Works out how the letters of Japanese words are read, so that the packed dictionary holds each letter's readings once
// and, for a word, only which of them it takes. src/words/packed-readings.ts puts the readings together again.

/** Letters whose reading has to be known; kana are read as they stand. */
export const readLetter = /[\u4e00-\u9fff々A-Za-z0-9]/;

const rounds = 8;
const longestReading = 5;

function asHiragana(letter) {
  return letter.replace(/[\u30a1-\u30f6]/, (kana) => String.fromCharCode(kana.charCodeAt(0) - 0x60));
}

/** How many letters of the reading a letter of the word may take. */
function lengthsOf(letter, reading, at) {
  if (readLetter.test(letter)) {
    const room = Math.min(longestReading, reading.length - at);
    return Array.from({ length: Math.max(0, room) }, (_, index) => index + 1);
  }
  if (letter === '・') return [0];
  return asHiragana(letter) === reading[at] ? [1] : [];
}

/**
 * The likeliest way to share a reading out to the letters of its word, as [letter, part] for those in `readLetter`;
 * null when there is none.
 */
function shareOut(word, reading, score) {
  const letters = [...word];
  const known = new Map();
  const best = (i, at) => {
    if (i === letters.length) return at === reading.length ? { sum: 0 } : null;
    const place = i * 256 + at;
    if (known.has(place)) return known.get(place);
    const letter = letters[i];
    let found = null;
    for (const length of lengthsOf(letter, reading, at)) {
      const rest = best(i + 1, at + length);
      if (!rest) continue;
      const part = reading.slice(at, at + length);
      const sum = rest.sum + (readLetter.test(letter) ? score(letter, part) : 0);
      if (!found || sum > found.sum) found = { sum, letter, part, rest };
    }
    known.set(place, found);
    return found;
  };
  let step = best(0, 0);
  if (!step) return null;
  const parts = [];
  for (; step.rest; step = step.rest) if (readLetter.test(step.letter)) parts.push([step.letter, step.part]);
  return parts;
}

/**
 * Readings of letters, the commonest first, learnt from words and their readings: what a letter is read like in other
 * words makes the same reading likelier in this one, over a few rounds (expectation and maximisation).
 */
export function learnReadings(pairs) {
  let counts = new Map();
  let shares = [];
  for (let round = 0; round < rounds; round++) {
    const seen = counts;
    const score = (letter, part) => {
      const ofLetter = seen.get(letter);
      const share = ((ofLetter?.get(part) ?? 0) + 0.05) / ((ofLetter?.get('') ?? 0) + 1);
      return Math.log(share) - 0.3 * Math.abs(part.length - 2);
    };
    counts = new Map();
    shares = pairs.map(([word, reading]) => shareOut(word, reading, score));
    for (const [letter, part] of shares.flatMap((parts) => parts ?? [])) {
      const ofLetter = counts.get(letter) ?? new Map([['', 0]]);
      ofLetter.set('', ofLetter.get('') + 1).set(part, (ofLetter.get(part) ?? 0) + 1);
      counts.set(letter, ofLetter);
    }
  }
  const table = new Map();
  for (const [letter, ofLetter] of counts) {
    ofLetter.delete('');
    table.set(
      letter,
      [...ofLetter].sort(([, a], [, b]) => b - a).map(([part]) => part),
    );
  }
  return { table, shares };
}
