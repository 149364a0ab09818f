import type { Schema } from '../../api/client';
import { usualMembers } from './redraw-request';
import { hiresMembers, redrawMembers, without } from '../create/picture-members';

export const reusable = ['prompt', 'negative', 'seed', 'cfg', 'sampler', 'steps'] as const;
export type Reusable = (typeof reusable)[number];

/** A folder of pictures to be redrawn, one after the other; '' where nothing is chosen. */
export interface FolderChoice {
  folder: string;
  masks: string;
  texts: string;
  output: string;
  reuse: Reusable[];
}

export function restoreFolder(kept: unknown): FolderChoice {
  const source = (typeof kept === 'object' && kept !== null ? kept : {}) as Record<string, unknown>;
  const text = (name: string) => {
    const value = source[name];
    return typeof value === 'string' ? value : '';
  };
  const reuse = Array.isArray(source.reuse) ? source.reuse : [];
  return {
    folder: text('folder'),
    masks: text('masks'),
    texts: text('texts'),
    output: text('output'),
    reuse: reusable.filter((name) => reuse.includes(name)),
  };
}

const maskMembers = Object.keys(usualMembers).filter((name) => /^(mask|inpaint|soft)/.test(name));

/** The body of POST /folder-jobs. `size`: undefined for each picture's own. */
export function folderRequest(
  { folder, masks, texts, output, reuse }: FolderChoice,
  request: Record<string, unknown>,
  size: { width: number; height: number } | undefined,
): Schema<'NewFolderJob'> {
  const rest = without(request, ['width', 'height', ...hiresMembers, ...(masks ? [] : redrawMaskMembers)]);
  const usual = masks ? usualMembers : without(usualMembers, maskMembers);
  return {
    folder,
    request: { ...usual, ...rest, ...size },
    ...(masks ? { masks } : {}),
    ...(texts && reuse.length > 0 ? { texts } : {}),
    ...(output.trim() ? { output: output.trim() } : {}),
    ...(reuse.length > 0 ? { reuse: [...reuse] } : {}),
    priority: 0,
  };
}

const redrawMaskMembers = redrawMembers.filter((name) => /^(mask|inpaint|soft)/.test(name));
