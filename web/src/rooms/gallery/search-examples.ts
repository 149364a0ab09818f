/** Ways to search, as the gallery explains them; `meaning` names the explanation in the dictionaries. */
export const exampleSearches = [
  { words: 'blue sky', meaning: 'words' },
  { words: '"blue hair"', meaning: 'phrase' },
  { words: '-smile', meaning: 'without' },
  { words: 'model:hajime', meaning: 'model' },
  { words: 'lora:ink', meaning: 'lora' },
  { words: 'tag:print', meaning: 'tag' },
  { words: 'seed:1234', meaning: 'seed' },
  { words: 'rating:>=4', meaning: 'rating' },
  { words: 'size:512x768', meaning: 'size' },
] as const;
