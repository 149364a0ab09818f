/** What lies beside the picture; '' is nothing. */
export type SidePanelName = '' | 'adapters' | 'queue';

export function isSidePanel(value: unknown): value is SidePanelName {
  return value === '' || value === 'adapters' || value === 'queue';
}
