// Ends the build with an error when the page outgrows its budgets: what opening it and Create loads, and all of it.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const openingKilobytes = 250;
const wholeKilobytes = 330;
const folder = new URL('../dist/', import.meta.url).pathname;
const files = readdirSync(folder, { recursive: true }).filter((name) => /\.(js|css|html|svg)$/.test(name));
const chunks = files.filter((name) => name.startsWith('assets/')).map((name) => name.slice('assets/'.length));
const read = (name) => readFileSync(join(folder, name));

/** "CreateRoom-Dk3_x9Qa.js" -> "CreateRoom". */
const nameOf = (chunk) => chunk.replace(/-[\w-]{8}\.\w+$/, '');

/** A script and those that it imports before it runs. */
function withImports(chunk, found) {
  if (found.has(chunk)) return;
  found.add(chunk);
  const text = read(`assets/${chunk}`).toString();
  for (const [, next] of text.matchAll(/(?:from|import)\s*["']\.\/([\w.-]+\.js)["']/g))
    withImports(next, found);
}

const opening = new Set();
for (const name of ['index', 'CreateRoom', '_virtual_tag-dictionary']) {
  const chunk = chunks.find((each) => each.endsWith('.js') && nameOf(each) === name);
  if (!chunk) throw new Error(`the build has no chunk ${name}`);
  withImports(chunk, opening);
}
const names = new Set([...opening].map(nameOf));
const isOpening = (file) => !file.startsWith('assets/') || names.has(nameOf(file.slice('assets/'.length)));

const kilobytes = (list) => list.reduce((sum, name) => sum + gzipSync(read(name)).length, 0) / 1024;
let isWithin = true;
for (const [what, list, budget] of [
  ['opening', files.filter(isOpening), openingKilobytes],
  ['whole', files, wholeKilobytes],
]) {
  const size = kilobytes(list);
  console.log(`bundle, ${what}: ${size.toFixed(1)} KB gzip of ${budget}`);
  isWithin &&= size <= budget;
}
if (!isWithin) process.exit(1);
