// Ends the build with an error when what a browser loads outgrows its budget.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const budgetKilobytes = 250;
const folder = new URL('../dist/', import.meta.url).pathname;
const bytes = readdirSync(folder, { recursive: true })
  .filter((name) => /\.(js|css|html|svg)$/.test(name))
  .map((name) => gzipSync(readFileSync(join(folder, name))).length)
  .reduce((sum, size) => sum + size, 0);
const kilobytes = bytes / 1024;
console.log(`bundle: ${kilobytes.toFixed(1)} KB gzip of ${budgetKilobytes}`);
if (kilobytes > budgetKilobytes) process.exit(1);
