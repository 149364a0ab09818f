/** The words of the guide's examples, the same in every language: models read English. */
const best = 'masterpiece, best quality';
export const firstWords = `1girl, blue hair, long hair, blue eyes, smile, white serafuku, upper body, looking at viewer, blue sky, ${best}`;
export const seedWords = `1girl, smile, upper body, looking at viewer, ${best}`;
