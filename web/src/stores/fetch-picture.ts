import { address } from '../api/client';

/** The file of a gallery's picture; undefined when it cannot be had. */
export async function fetchPicture(id: number): Promise<Blob | undefined> {
  try {
    const answer = await fetch(address.file(id));
    return answer.ok ? await answer.blob() : undefined;
  } catch {
    return undefined;
  }
}
