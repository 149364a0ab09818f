export function packBytes(bytes: Uint8Array): Uint8Array;
export function unpackBytes(packed: Uint8Array, length: number): Uint8Array;
