import { propose, type Proposal } from '../../words';
import { vocabulary } from './vocabulary.svelte';

/** Tags offered at the caret of a prompt box. */
export class Completion {
  proposal = $state.raw<Proposal>();
  chosen = $state(0);
  /** Where the word begins that is completed, in pixels from the box. */
  left = $state(0);
  top = $state(0);
  #asked = 0;

  get isOpen(): boolean {
    return this.proposal !== undefined && this.proposal.entries.length > 0;
  }

  /** Looks at the word before the caret; to be called after the overlay shows the text. */
  async look(area: HTMLTextAreaElement, overlay: HTMLElement, isComposing: boolean): Promise<void> {
    const asked = ++this.#asked;
    const words = await vocabulary.words();
    if (asked !== this.#asked) return;
    const proposal = propose(words, area.value, area.selectionEnd, { isComposing });
    this.proposal = proposal;
    this.chosen = 0;
    if (proposal) this.#place(overlay, proposal.from, area.selectionEnd);
  }

  move(by: number): void {
    const count = this.proposal?.entries.length ?? 0;
    if (count > 0) this.chosen = (this.chosen + by + count) % count;
  }

  /** What is to be put in place of what. */
  accepted(): { from: number; to: number; insert: string } | undefined {
    const entry = this.proposal?.entries[this.chosen];
    if (!this.proposal || !entry) return undefined;
    return { from: this.proposal.from, to: this.proposal.to, insert: entry.insert };
  }

  close(): void {
    this.#asked++;
    this.proposal = undefined;
  }

  // Where the words begin, but below the line of the caret: words may be broken into two lines.
  #place(overlay: HTMLElement, from: number, caret: number) {
    const box = overlay.closest('.box')?.getBoundingClientRect();
    const first = placeOf(overlay, from);
    const last = placeOf(overlay, caret) ?? first;
    if (!box || !first || !last) return;
    this.left = Math.max(0, Math.min(first.left - box.left, box.width - 320));
    this.top = last.bottom - box.top + 4;
  }
}

/** The overlay holds the same text in the same place, in nodes that can be measured. */
function placeOf(overlay: HTMLElement, offset: number): DOMRect | undefined {
  const range = document.createRange();
  let left = offset;
  const walker = document.createTreeWalker(overlay, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const length = node.textContent?.length ?? 0;
    if (left <= length) {
      range.setStart(node, left);
      range.collapse(true);
      return range.getClientRects()[0];
    }
    left -= length;
  }
  return undefined;
}
