/** So many pixels more at each side. */
export interface Margins {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

export const noMargins: Readonly<Margins> = { left: 0, top: 0, right: 0, bottom: 0 };
