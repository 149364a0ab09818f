export interface Segment {
  kind: string;
  text: string;
}
export interface Entry {
  insert: string;
  label: string;
  note: string;
  category: string;
}
export interface Proposal {
  from: number;
  to: number;
  entries: Entry[];
}
export const highlight = (text: string): Segment[] => [{ kind: 'plain', text }];
export const weightKey = <T>(marked: T, _by: number): T => marked;
export const propose = async (_text: string, _caret: number): Promise<Proposal | undefined> => undefined;
