// Packs texts harder than gzip can: each bit is guessed from the one to three bytes before it, guesses are mixed by how
// well they did, and an arithmetic coder writes down the surprise. After the context-mixing compressors of M. Mahoney
// ("Adaptive Weighing of Context Models for Lossless Data Compression", 2005). Whole numbers only: every browser has to
// come to the same guesses, and Math.exp may differ from one to the next.

const tableBits = 18;
const orders = [1, 2, 3];
const probabilityBits = 12;
const largest = (1 << probabilityBits) - 1;
/** A new guess moves fast, an old one slowly: 1 / (times seen + 1.5), in 65536ths. */
const rates = Uint16Array.from({ length: 32 }, (_, seen) => Math.floor(131072 / (2 * seen + 3)));

/** 4096 / (1 + exp(-x / 256)) at every 128th x from -2048 on, in between by straight lines. */
const knots = [
  1, 2, 3, 6, 10, 16, 27, 45, 73, 120, 194, 310, 488, 747, 1101, 1546, 2047, 2549, 2994, 3348, 3607, 3785,
  3901, 3975, 4022, 4050, 4068, 4079, 4085, 4089, 4092, 4093, 4094,
];

function squash(x) {
  if (x > 2047) return largest;
  if (x < -2047) return 0;
  const share = x & 127;
  const knot = (x >> 7) + 16;
  return (knots[knot] * (128 - share) + knots[knot + 1] * share + 64) >> 7;
}

/** The inverse of squash. */
const stretched = new Int16Array(1 << probabilityBits);
for (let x = -2047, next = 0; x <= 2047; x++) {
  for (const end = squash(x); next <= end; next++) stretched[next] = x;
  if (x === 2047) stretched.fill(2047, next);
}

/** Guesses bit after bit and learns from each. */
class Predictor {
  #guesses = orders.map(() => new Uint16Array(1 << tableBits).fill(32768));
  #ages = orders.map(() => new Uint8Array(1 << tableBits));
  #weights = new Int32Array(256 * orders.length).fill(26000);
  #contexts = new Int32Array(orders.length);
  #places = new Int32Array(orders.length);
  #opinions = new Int32Array(orders.length);
  #before = 0;
  /** The bits of this byte so far, after a leading 1. */
  #bits = 1;
  #guess = 2048;

  constructor() {
    this.#look();
  }

  /** How likely a 1 is, in 4096ths: 1..4095. */
  get guess() {
    return this.#guess;
  }

  learn(bit) {
    const miss = ((bit << probabilityBits) - this.#guess) * 10;
    const first = this.#bits * orders.length;
    for (let k = 0; k < orders.length; k++) {
      const place = this.#places[k];
      const guesses = this.#guesses[k];
      const ages = this.#ages[k];
      this.#weights[first + k] += (this.#opinions[k] * miss + 32768) >> 16;
      guesses[place] += (((bit ? 65535 : 0) - guesses[place]) * rates[ages[place]]) / 65536;
      if (ages[place] < rates.length - 1) ages[place]++;
    }
    this.#bits = (this.#bits << 1) | bit;
    if (this.#bits > 255) {
      this.#before = ((this.#before << 8) | (this.#bits & 255)) & 0xffffff;
      this.#bits = 1;
      for (let k = 0; k < orders.length; k++) {
        const bytes = this.#before & (0xffffff >> (24 - 8 * orders[k]));
        this.#contexts[k] = Math.imul(bytes + k, 0x2545f491);
      }
    }
    this.#look();
  }

  #look() {
    const first = this.#bits * orders.length;
    let sum = 0;
    for (let k = 0; k < orders.length; k++) {
      const place =
        Math.imul(this.#contexts[k] + Math.imul(this.#bits, 0x3d4d51cb), 0x9e3779b1) >>> (32 - tableBits);
      const isNew = this.#ages[k][place] === 0;
      this.#places[k] = place;
      this.#opinions[k] = isNew ? 0 : stretched[this.#guesses[k][place] >> (16 - probabilityBits)];
      sum += this.#opinions[k] * this.#weights[first + k];
    }
    this.#guess = Math.min(largest, Math.max(1, squash(Math.floor(sum / 65536))));
  }
}

/** Where the coder's range is cut: below for a 1. */
const cut = (low, high, guess) => low + Math.floor(((high - low) * guess) / (largest + 1));

/** Bytes -> fewer bytes; unpackBytes() needs to be told how many they were. */
export function packBytes(bytes) {
  const predictor = new Predictor();
  const packed = [];
  let [low, high] = [0, 0xffffffff];
  for (const byte of bytes) {
    for (let shift = 7; shift >= 0; shift--) {
      const bit = (byte >> shift) & 1;
      const middle = cut(low, high, predictor.guess);
      if (bit) high = middle;
      else low = middle + 1;
      predictor.learn(bit);
      while ((low ^ high) >>> 24 === 0) {
        packed.push(high >>> 24);
        low = (low << 8) >>> 0;
        high = ((high << 8) | 255) >>> 0;
      }
    }
  }
  packed.push(high >>> 24, (high >>> 16) & 255, (high >>> 8) & 255, high & 255);
  return Uint8Array.from(packed);
}

export function unpackBytes(packed, length) {
  const predictor = new Predictor();
  const bytes = new Uint8Array(length);
  let [low, high, value, at] = [0, 0xffffffff, 0, 0];
  const next = () => (value = ((value << 8) | (packed[at++] ?? 0)) >>> 0);
  for (let i = 0; i < 4; i++) next();
  for (let i = 0; i < length; i++) {
    let byte = 0;
    for (let shift = 0; shift < 8; shift++) {
      const middle = cut(low, high, predictor.guess);
      const bit = value <= middle ? 1 : 0;
      if (bit) high = middle;
      else low = middle + 1;
      predictor.learn(bit);
      byte = (byte << 1) | bit;
      while ((low ^ high) >>> 24 === 0) {
        low = (low << 8) >>> 0;
        high = ((high << 8) | 255) >>> 0;
        next();
      }
    }
    bytes[i] = byte;
  }
  return bytes;
}
