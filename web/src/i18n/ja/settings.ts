import type { settings as en } from '../en/settings';
import type { Phrases } from '../phrases';

export const settings: Phrases<typeof en> = {
  title: '設定',
  search: '設定を検索',
  onlyChanged: (count) => `変更したものだけ（${count}）`,
  changedFrom: (value) => `変更済み・標準は ${value}`,
  reset: '標準に戻す',
  resetOne: (name) => `標準に戻す：${name}`,
  nothingFound: '該当する設定がありません',
  showAll: 'すべて表示',
  thisPage: 'この画面',
  thisPageHint:
    'この2つはこのブラウザーだけの設定です。ほかはスタジオ全体の設定で、変えるとすぐに保存されます。',
  studio: {
    title: 'このスタジオ',
    version: 'バージョン',
    computes: '計算',
    device: (device, precision, threads) => `${device}・${precision}・${threads}スレッド`,
    memory: 'メモリ',
    memoryUse: (used, free) => `Fudeが${used}を使用、空き${free}`,
    folder: 'データフォルダー',
    access: '接続',
    withLogin: 'パスワードあり',
    onlyHere: 'このパソコンからのみ',
    otherDevices: 'スマートフォンやほかのパソコンから使うには',
    loginHint:
      'スタジオはこのパソコンからの接続だけを受け付けます。家のネットワークに開くには、アドレスとパスワードを指定して起動します。方法は次のコマンドで見られます：',
  },
  groups: {
    model: 'モデル',
    prompt: 'プロンプト',
    sampling: 'サンプリング',
    seed: 'シードとノイズ',
    guidance: 'ガイダンス',
    picture: '画像',
    'picture text': '画像に記録する情報',
    speed: '速度',
    sdxl: 'SDXL',
    saving: '保存',
    previews: '途中経過（プレビュー）',
    memory: 'メモリ',
    page: '画面',
  },
};
