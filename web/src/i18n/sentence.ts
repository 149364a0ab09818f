/** The server's messages begin small and end without a period, as parts of longer ones; this makes one stand alone. */
export function sentence(message: string): string {
  if (message === '') return '';
  const capital = message.charAt(0).toUpperCase() + message.slice(1);
  return /[.!?…。！？]$/.test(capital) ? capital : `${capital}.`;
}

/** The same in Japanese. */
export function japaneseSentence(message: string): string {
  return /[。！？]$/.test(message) ? message : `${message}。`;
}
