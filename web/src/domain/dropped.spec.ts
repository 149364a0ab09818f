import { describe, expect, it } from 'vitest';
import { readDropped, type Carried } from './dropped';

function carried(files: File[], data: Record<string, string> = {}): Carried {
  return { files, getData: (type) => data[type] ?? '' };
}

const here = 'http://127.0.0.1:7860';

describe('readDropped', () => {
  it('takes the picture among several files', () => {
    const note = new File(['x'], 'note.txt', { type: 'text/plain' });
    const picture = new File(['x'], 'a.png', { type: 'image/png' });
    expect(readDropped(carried([note, picture]), here)).toEqual({ kind: 'file', file: picture });
    expect(readDropped(carried([note]), here)).toEqual({ kind: 'file', file: note });
  });

  it('takes a picture of this studio by its address and no other', () => {
    const own = `${here}/api/v1/pictures/7/file`;
    expect(readDropped(carried([], { 'text/uri-list': `# x\n${own}` }), here)).toEqual({
      kind: 'address',
      url: own,
    });
    expect(readDropped(carried([], { 'text/uri-list': 'http://example.org/a.png' }), here)).toBeNull();
    expect(readDropped(carried([], { 'text/uri-list': `${here}.example.org/a.png` }), here)).toBeNull();
  });

  it('takes a text', () => {
    expect(readDropped(carried([], { 'text/plain': ' Steps: 20 ' }), here)).toEqual({
      kind: 'text',
      text: 'Steps: 20',
    });
    expect(readDropped(carried([], { 'text/plain': '  ' }), here)).toBeNull();
  });
});
