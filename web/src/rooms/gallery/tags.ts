const longest = 200;
const most = 200;

/** The tags with those of a typed text (separated by commas), each once whatever its case, within the API's limits. */
export function tagsWith(tags: readonly string[], text: string): string[] {
  const next = [...tags];
  for (const word of text.split(/[,、，\n]/)) {
    const tag = word.trim().slice(0, longest);
    if (tag === '' || next.length >= most) continue;
    if (!next.some((known) => known.toLowerCase() === tag.toLowerCase())) next.push(tag);
  }
  return next;
}
