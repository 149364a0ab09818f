import type { Plugin } from 'vite';
import type { PackedDictionary } from '../src/words/dictionary';

export interface ListedTag {
  tag: string;
  band: string;
  words: string[];
  readings: string[];
  aliases: string[];
}
export const groups: string[];
export function readTagList(text: string, group: string): { rows: ListedTag[]; problems: string[] };
export function repeatedNames(lists: ListedTag[][]): string[];
export function listedTags(): ListedTag[];
export function buildDictionary(): PackedDictionary;
export function tagDictionary(): Plugin;
