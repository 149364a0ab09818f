import type { common as en } from '../en/common';
import type { Phrases } from '../phrases';

export const common: Phrases<typeof en> = {
  rooms: {
    create: '生成',
    gallery: 'ギャラリー',
    'png-info': 'PNG情報',
    models: 'モデル',
    merge: 'マージ',
    settings: '設定',
    help: 'ヘルプ',
  },
  navigation: '画面',
  more: 'その他',
  skipToContent: '本文へ移動',
  theme: { label: 'テーマ', system: 'システムに合わせる', light: 'ライト', dark: 'ダーク' },
  language: '言語',
  close: '閉じる',
  cancel: 'キャンセル',
  save: '保存',
  apply: '適用',
  remove: '削除',
  edit: '編集',
  copy: 'コピー',
  copied: 'コピーしました',
  cannotCopy: 'このブラウザーではコピーできません。',
  search: '検索',
  none: 'なし',
  explain: (name) => `「${name}」とは？`,
  loading: '読み込み中…',
  tryAgain: 'もう一度試す',
  connectionLost: 'スタジオが応答しません。再接続しています…',
  errors: {
    unreachable: 'スタジオが応答しません。起動しているか確認してください。',
    unreadable: 'スタジオからの返事を読み取れませんでした。',
    roomFailed: 'この画面を開けませんでした。ページを再読み込みしてください。',
  },
};
