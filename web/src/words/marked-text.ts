/** A text with what is selected in it; start and end are the same where only the caret stands. */
export interface MarkedText {
  text: string;
  start: number;
  end: number;
}

/** The text between two places without the spaces around it. */
export function trimmedRange(text: string, start: number, end: number): { start: number; end: number } {
  while (start < end && /\s/.test(text.charAt(start))) start++;
  while (end > start && /\s/.test(text.charAt(end - 1))) end--;
  return { start, end };
}
