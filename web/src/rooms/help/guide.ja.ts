import { usualNegative, type Chapter } from './guide';
import { firstWords, seedWords } from './words';

export const guideJa: readonly Chapter[] = [
  {
    id: 'first',
    title: 'はじめての1枚',
    blocks: [
      {
        kind: 'text',
        text: '「生成」を開き、描きたいものを書いて「生成」を押します。アニメ系のモデルは、カンマで区切った短い英単語（タグ）をよく理解します。日本語でも英語でも、入力すると下に候補が出ます。「笑顔」や「えがお」と打てば smile が見つかります。',
      },
      { kind: 'words', prompt: firstWords, negative: usualNegative, seed: 71 },
      { kind: 'figures', figures: [{ picture: 'first', caption: 'この言葉でできる絵' }] },
      {
        kind: 'text',
        text: 'Fudeに入っているモデル「Hajime」はとても小さく、256×256ピクセルの胸から上の絵を描く、お試し用のモデルです。もっと大きく豊かな絵には、別のモデルをモデルフォルダーに置いてください。やり方は「モデル」の画面にあります。',
      },
    ],
  },
  {
    id: 'words',
    title: '言葉の選び方',
    blocks: [
      {
        kind: 'text',
        text: '書かなかったことはモデルが決めます。まず何を描くか、次に見た目・服・表情、最後に場所。大事な言葉ほど前に書きます。同じノイズのまま、言葉を増やしていくとこうなります。',
      },
      {
        kind: 'figures',
        figures: [
          { picture: 'words-1', caption: '1girl' },
          { picture: 'words-2', caption: '1girl, aqua hair, twintails' },
          { picture: 'words-3', caption: '…, smile, red kimono, cherry blossoms' },
        ],
      },
      {
        kind: 'terms',
        terms: [
          [
            '(smile:1.2)',
            '言葉を強めます。選んで Ctrl+↑ / Ctrl+↓ でも変えられます。1.4を超えると絵が崩れがちです。',
          ],
          ['{red|blue} hair', 'どれか1つを、1枚ごとに選びます。'],
          ['__place__', 'ワイルドカード「place」の一覧から1行を選びます。'],
          ['[day:night:0.5]', '前半のステップは最初の言葉、後半は次の言葉で描きます。'],
          ['BREAK', '75トークンの区切りを入れます。色が混ざりにくくなります。'],
        ],
      },
    ],
  },
  {
    id: 'seed',
    title: 'シード',
    blocks: [
      {
        kind: 'text',
        text: '絵はノイズから始まります。その番号がシードです。言葉・設定・シードが同じなら、いつも同じ絵になります。−1なら毎回新しいシードになり、いろいろ試すのに向いています。気に入った絵ができたら、シードを固定して言葉を少しずつ変えてみましょう。',
      },
      { kind: 'words', prompt: seedWords, negative: usualNegative, seed: -1 },
      {
        kind: 'figures',
        figures: [
          { picture: 'seed-2', caption: 'シード 2' },
          { picture: 'seed-3', caption: 'シード 3' },
          { picture: 'seed-4', caption: 'シード 4' },
          { picture: 'seed-6', caption: 'シード 6' },
        ],
      },
    ],
  },
  {
    id: 'negative',
    title: 'ネガティブプロンプト',
    blocks: [
      {
        kind: 'text',
        text: 'ここに書いたものは遠ざけられます。低画質を避ける言葉を入れておき、出てほしくないものを足すのが定番です。書きすぎると逆効果なので、控えめに。',
      },
      {
        kind: 'figures',
        figures: [
          { picture: 'negative-1', caption: '何も書かないとき' },
          { picture: 'negative-2', caption: 'ネガティブに long hair と書いたとき' },
        ],
      },
    ],
  },
  {
    id: 'knobs',
    title: 'ステップ数・CFGなどの設定',
    blocks: [
      {
        kind: 'text',
        text: 'ステップ数は、ノイズを取り除く回数です。少なすぎると仕上がらず、30を超えても時間がかかるだけであまり変わりません。',
      },
      {
        kind: 'figures',
        figures: [
          { picture: 'steps-3', caption: '3ステップ' },
          { picture: 'steps-8', caption: '8ステップ' },
          { picture: 'steps-20', caption: '20ステップ' },
        ],
      },
      {
        kind: 'text',
        text: 'CFGスケールは、言葉にどれだけ忠実に描くかです。低いと柔らかく自由に、高いときつい絵になります。多くのモデルでは5〜8がちょうどよいでしょう。',
      },
      {
        kind: 'figures',
        figures: [
          { picture: 'cfg-1', caption: 'CFG 1' },
          { picture: 'cfg-7', caption: 'CFG 7' },
          { picture: 'cfg-20', caption: 'CFG 20' },
        ],
      },
      {
        kind: 'terms',
        terms: [
          [
            'サンプラー',
            'ノイズの取り除き方です。DPM++ 2M とスケジュール Karras が無難です。Euler a はステップごとの変化が大きくなります。',
          ],
          ['サイズ', 'モデルが作られた大きさに近くします。Hajimeは256、SD 1は512、SDXLは1024です。'],
          ['バッチ', '回数は順番に、サイズは同時に作ります。サイズを増やすとメモリを使います。'],
          ['バリエーション', '別のノイズを少し混ぜて、気に入った絵を少しだけ変えます。'],
          ['Clip skip', '1か2です。アニメ系には2で作られたモデルが多く、配布ページに書かれています。'],
          ['VAE', '結果を色に変える部分です。絵が灰色っぽいときだけ変えてみてください。'],
        ],
      },
    ],
  },
  {
    id: 'lora',
    title: 'LoRAと埋め込み',
    blocks: [
      {
        kind: 'text',
        text: 'LoRAは、画風・キャラクター・服などをモデルに教える小さなファイルです。Loraフォルダーに置き、「モデル」でフォルダーを読み直したら、「生成」でカードを押します。プロンプトに <lora:名前:1> が入ります。1のかわりに0.6〜0.8にすると、なじむことがよくあります。専用の言葉が必要なLoRAも多く、カードに表示されます。埋め込み（embedding）は名前を書くだけで使えます。',
      },
      {
        kind: 'text',
        text: 'LoRAは、同じ系統のモデルでしか使えません。SDXL用のLoRAはSD 1では効きません。',
      },
    ],
  },
  {
    id: 'queue',
    title: 'キュー',
    blocks: [
      {
        kind: 'text',
        text: '待つ必要はありません。もう一度「生成」を押すと、続きはキューに並びます。順番を変える、取り消す、繰り返す、全体を一時停止する、どれもできます。ページを閉じても、パソコンの電源が落ちても、キューは消えません。「中断」は今のジョブを終えて途中までを残し、「スキップ」は次の画像へ進みます。',
      },
    ],
  },
  {
    id: 'gallery',
    title: 'ギャラリー',
    blocks: [
      {
        kind: 'text',
        text: '作った画像はすべて残り、作り方もファイルの中に記録されます。言葉での検索、絞り込み、星やタグ付けができます。画像を開いて「この設定で作る」を押せば、そこから続けられます。2枚選ぶと比較でき、どこが違うかがすぐにわかります。削除した画像は、空にするまでゴミ箱に残ります。',
      },
      {
        kind: 'text',
        text: '「PNG情報」は、ほかのソフトで作った画像の情報も読み取れます。ただし、画像を投稿するサイトではこの情報が消されることがよくあります。',
      },
    ],
  },
  {
    id: 'keys',
    title: 'キーボード操作',
    blocks: [
      {
        kind: 'keys',
        keys: [
          ['Ctrl+Enter', '生成：生成を始める'],
          ['Ctrl+↑ Ctrl+↓', '生成：選んだ言葉を強める・弱める'],
          ['Tab Enter', '生成：候補の言葉を入れる'],
          ['/', 'ギャラリー：検索'],
          ['← → ↑ ↓', 'ギャラリー：移動。大きな表示では前・次の画像'],
          ['Enter', 'ギャラリー：開く'],
          ['X', 'ギャラリー：選択。2枚選んで C で比較'],
          ['0 1 2 3 4 5', 'ギャラリー：評価'],
          ['Delete', 'ギャラリー：ゴミ箱へ移動'],
          ['R C D', '大きな表示：この設定で作る、生成情報をコピー、ダウンロード'],
          ['Z I', '大きな表示：拡大、詳細'],
          ['Esc', '閉じる'],
        ],
      },
    ],
  },
  {
    id: 'trouble',
    title: '困ったときは',
    blocks: [
      {
        kind: 'terms',
        terms: [
          ['メモリ不足', '画像を小さくし、バッチサイズを1にして、「モデル」でメモリを空けてください。'],
          ['色が違うところに付く', '色の数を減らし、物のすぐ前に書くか、BREAKで区切ってください。'],
          ['灰色っぽい、薄い', 'モデルに専用のVAEが必要か、CFGスケールが低すぎます。'],
          ['頭が2つ、胴が長い', 'サイズが、モデルの作られた大きさから離れすぎています。'],
          [
            'モデルが「使えません」',
            '理由がカードに書かれています。ダウンロードが途中で切れたことが多いので、もう一度入手してください。',
          ],
        ],
      },
    ],
  },
];
