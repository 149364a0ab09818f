// node tools/embed.js DIST OUT: packs the built page for the program. OUT.bytes holds every file compressed by gzip, one
// after the other; OUT.cpp the table of them (src/server/page.h).
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { extname, join, relative } from 'node:path';
import { gzipSync } from 'node:zlib';

const types = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.csv': 'text/csv; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.webmanifest': 'application/manifest+json',
};

const [dist, out] = process.argv.slice(2);
const files = readdirSync(dist, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
  .sort();

const pieces = [];
const rows = [];
let begin = 0;
for (const file of files) {
  const path = '/' + relative(dist, file).replaceAll('\\', '/');
  const type = types[extname(file)];
  if (!type) throw new Error(`no media type is known for '${path}'`);
  const content = readFileSync(file);
  const piece = gzipSync(content, { level: 9 });
  const etag = createHash('sha256').update(content).digest('hex').slice(0, 20);
  // Vite names what it builds by its content: "assets/index-Bx3_k9Qa.js".
  const isImmutable = /^\/assets\/.*-[\w-]{8}\.\w+$/.test(path);
  rows.push(`    {"${path}", "${type}", "\\"${etag}\\"", ${isImmutable}, ${begin}, ${piece.length}},`);
  pieces.push(piece);
  begin += piece.length;
}
writeFileSync(`${out}.bytes`, Buffer.concat(pieces));
writeFileSync(
  `${out}.cpp`,
  `#include <array>

#include "server/page.h"

extern "C" {
extern const std::byte fude_page_begin[];
}

namespace fude::server {

std::span<const PageFile> page_files() {
  static constexpr std::array<PageFile, ${rows.length}> kFiles{{
${rows.join('\n')}
  }};
  return kFiles;
}

std::span<const std::byte> page_bytes() { return {fude_page_begin, ${begin}}; }

}  // namespace fude::server
`,
);
