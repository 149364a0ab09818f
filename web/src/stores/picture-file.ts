import { address } from '../api/client';

/** A file of this studio; undefined when it cannot be had. */
export async function fetchFile(url: string): Promise<Blob | undefined> {
  try {
    const answer = await fetch(url);
    return answer.ok ? await answer.blob() : undefined;
  } catch {
    return undefined;
  }
}

/** Which picture of the gallery an address is of. */
export function galleryId(url: string): number | undefined {
  const id = /\/pictures\/(\d+)\//.exec(url)?.[1];
  return id === undefined ? undefined : Number(id);
}

/** The file of a gallery's picture. */
export const fetchPicture = (id: number) => fetchFile(address.file(id));

/** A file as base64, as the server takes it. */
export function toBase64(file: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result).replace(/^[^,]*,/, ''));
    reader.onerror = () => reject(reader.error ?? new Error('unreadable file'));
    reader.readAsDataURL(file);
  });
}
