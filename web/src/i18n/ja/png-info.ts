import type { pngInfo as en } from '../en/png-info';
import type { Phrases } from '../phrases';

export const pngInfo: Phrases<typeof en> = {
  title: 'PNG情報',
  explained: '画像には作り方が記録されています。ここに入れると読み取れます。',
  drop: 'ここに画像をドロップ',
  orChoose: '貼り付けや、クリックしてファイルを選ぶこともできます。生成情報のテキストの貼り付けもできます。',
  letGo: '離すと読み取ります',
  another: '別の画像を選ぶ',
  picture: '画像',
  nothingThere: '画像もテキストも見つかりませんでした。',
  cannotRead: 'ファイルを読み込めませんでした。',
  silentTitle: '生成情報がありません',
  silent:
    'この画像には作り方が記録されていません。SNSなどに投稿すると消えることがよくあります。元のファイルには残っているかもしれません。',
  toCreate: 'この設定で作る',
  copyText: 'テキストをコピー',
  warnings: '取り込めなかったもの',
  prompt: 'プロンプト',
  negative: 'ネガティブプロンプト',
  settings: '設定',
  otherTexts: 'ファイル内のその他のテキスト',
  rawText: '記録されたままのテキスト',
};
