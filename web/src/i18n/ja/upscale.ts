import type { upscale as en } from '../en/upscale';
import type { Phrases } from '../phrases';

export const upscale: Phrases<typeof en> = {
  title: '拡大',
  explained: '内容はそのままに、画像を大きくします。',
  empty: '拡大する画像を選んでください',
  emptyText: 'ここにドロップするか、貼り付けるか、ファイルを選びます。ギャラリーの画像からも送れます。',
  start: '拡大する',
  upscaler: 'アップスケーラー',
  upscalerHint:
    'ネットワークは細部を描き足します。「Lanczos」「Nearest」は計算だけで拡大します。ネットワークのファイルは models/ESRGAN に置きます。',
  none: 'なし',
  second: '2つ目のアップスケーラー',
  secondHint: '1つ目の結果に、指定した割合で重ねます。',
  secondShare: '2つ目の割合',
  by: '大きさの指定',
  byFactor: '倍率',
  bySize: 'サイズ',
  factor: '倍率',
  crops: 'はみ出す部分を切り取る',
  tiles: 'タイル',
  tile: 'タイルの一辺',
  tileHint:
    '大きな画像は、メモリに収まるようタイルに分けて拡大します。小さいほどメモリを節約できます。0なら分けません。',
  overlap: 'タイルの重なり',
  result: (width, height) => `${width} × ${height}`,
  cannotUse: (name, why) => `${name}：${why}`,
  tiledHint: '細部も描き足したい時は：',
  tiled: 'タイルごとに描き直して拡大',
  again: '結果を次の画像にする',
  facesExplained: '修復した顔をどれだけ重ねるか。0なら元のままです。',
  fidelity: 'CodeFormerの忠実さ',
  fidelityHint: '0で最も大きく直し、1で元の顔に最も近くなります。',
};
