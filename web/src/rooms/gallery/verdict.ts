import type { Schema } from '../../api/client';

type Verification = Schema<'Verification'>;

export interface VerdictWords {
  exact: string;
  within: (levels: number) => string;
  different: (levels: number, percent: string) => string;
  otherSize: string;
  missing: string;
}

/** Levels by which a picture may well differ for its file's sake: JPEG and WebP lose some when they are saved. */
export const usualTolerance = (file: string) => (/\.(jpe?g|webp)$/i.test(file) ? 40 : 0);

/** Whether a verdict is a good one, for its colour and sign. */
export const isGood = ({ verdict }: Verification) => verdict === 'exact' || verdict === 'within';

/** What came of making a picture again, in one sentence. */
export function verdictText({ verdict, levels, differing_share }: Verification, words: VerdictWords): string {
  switch (verdict) {
    case 'exact':
      return words.exact;
    case 'within':
      return words.within(levels);
    case 'missing':
      return words.missing;
    default:
      return levels === 0 ? words.otherSize : words.different(levels, percentText(differing_share));
  }
}

/** Never "0" of something: '0.01' is said of less. */
function percentText(share: number): string {
  const percent = share * 100;
  if (percent >= 10) return String(Math.round(percent));
  return String(Math.max(0.01, Math.round(percent * 100) / 100));
}

/** 'cpu, bf16, AMX'. */
export const engineText = ({ device, precision, kernels }: Schema<'EngineProfile'>) =>
  [device, precision, kernels].filter((part) => part !== '').join(', ');
