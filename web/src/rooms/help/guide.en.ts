import { usualNegative, type Chapter } from './guide';
import { firstWords, seedWords } from './words';

export const guideEn: readonly Chapter[] = [
  {
    id: 'first',
    title: 'The first picture',
    blocks: [
      {
        kind: 'text',
        text: 'Open Create, write what the picture should show, and press Generate. Anime models understand short English words with commas between them, called tags. Type in Japanese or English and the list below the prompt offers the right ones.',
      },
      { kind: 'words', prompt: firstWords, negative: usualNegative, seed: 71 },
      { kind: 'figures', figures: [{ picture: 'first', caption: 'What these words give' }] },
      {
        kind: 'text',
        text: 'Hajime, the model inside Fude, is very small: it draws busts of 256 × 256 pixels and is meant for trying things out. For larger and richer pictures put another model into the models folder; the room Models tells how.',
      },
    ],
  },
  {
    id: 'words',
    title: 'Choosing words',
    blocks: [
      {
        kind: 'text',
        text: 'What you do not say, the model chooses. Begin with the subject, then looks, clothes and expression, then the place. Important words come first. Here the same noise with more and more words:',
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
            'A word with more weight. Select it and press Ctrl+↑ or Ctrl+↓. Beyond 1.4 pictures suffer.',
          ],
          ['{red|blue} hair', 'One of the choices, drawn anew for each picture.'],
          ['__place__', 'A line out of your wildcard list “place”.'],
          ['[day:night:0.5]', 'The first word for half of the steps, then the second.'],
          ['BREAK', 'Begins a new part of 75 tokens, so that colours mix less.'],
        ],
      },
    ],
  },
  {
    id: 'seed',
    title: 'Seeds',
    blocks: [
      {
        kind: 'text',
        text: 'Every picture begins as noise, and the seed is the number of that noise. The same words, settings and seed always give the same picture. −1 takes a new seed each time: good for looking around. When you like one, keep its seed and change the words a little.',
      },
      { kind: 'words', prompt: seedWords, negative: usualNegative, seed: -1 },
      {
        kind: 'figures',
        figures: [
          { picture: 'seed-2', caption: 'Seed 2' },
          { picture: 'seed-3', caption: 'Seed 3' },
          { picture: 'seed-4', caption: 'Seed 4' },
          { picture: 'seed-6', caption: 'Seed 6' },
        ],
      },
    ],
  },
  {
    id: 'negative',
    title: 'The negative prompt',
    blocks: [
      {
        kind: 'text',
        text: 'What stands there is pushed away. Many people keep a few words against bad quality in it, and add what should not appear. Use it sparingly: a long list costs more than it gives.',
      },
      {
        kind: 'figures',
        figures: [
          { picture: 'negative-1', caption: 'Without' },
          { picture: 'negative-2', caption: 'With “long hair” in the negative prompt' },
        ],
      },
    ],
  },
  {
    id: 'knobs',
    title: 'Steps, CFG and the others',
    blocks: [
      {
        kind: 'text',
        text: 'Steps: how often the noise is cleaned. Too few leave it unfinished; beyond 30 little changes but the time.',
      },
      {
        kind: 'figures',
        figures: [
          { picture: 'steps-3', caption: '3 steps' },
          { picture: 'steps-8', caption: '8 steps' },
          { picture: 'steps-20', caption: '20 steps' },
        ],
      },
      {
        kind: 'text',
        text: 'CFG scale: how strictly the words are followed. Low is soft and free, high is hard and gaudy. 5 to 8 suits most models.',
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
            'Sampler',
            'The way of cleaning. DPM++ 2M with the schedule Karras is a good choice; Euler a changes more from step to step.',
          ],
          [
            'Size',
            'Stay near the size that the model was made for: 256 for Hajime, 512 for SD 1, 1024 for SDXL.',
          ],
          [
            'Batch',
            'Count makes several one after the other; size makes them together and needs more memory.',
          ],
          ['Variation', 'Mixes a little of another noise in: small changes of a picture that you like.'],
          ['Clip skip', '1 or 2. Many anime models were made with 2; their page says so.'],
          ['VAE', 'Turns the result into colours. Change it only when a model looks grey.'],
        ],
      },
    ],
  },
  {
    id: 'further',
    title: 'Going on with a picture',
    blocks: [
      { kind: 'text', text: 'Below every picture, and in the gallery, there are buttons that send it on.' },
      {
        kind: 'terms',
        terms: [
          [
            'Hires fix',
            'In Create: the picture is made small, then enlarged and worked out. “Hires this one” does it with a picture that is there.',
          ],
          ['Redraw', 'The whole picture anew. A denoising strength of 0.3 touches up, 0.6 changes much.'],
          [
            'Inpaint',
            'Paint over a hand or a face; only that is made anew, and the rest stays to the last bit. “Masked part” gives it more detail.',
          ],
          [
            'Sketch',
            'Paint rough colours; they are worked out. As an inpaint sketch, only where you painted.',
          ],
          ['Outpaint', 'Choose the sides at which the picture is to go on.'],
          ['Upscale', 'Larger, with the same contents. Networks for it go into models/ESRGAN.'],
          [
            'Generate forever',
            'The sign ∞, or the right button of the mouse on Generate: one picture after the other, with the words as they are then.',
          ],
        ],
      },
    ],
  },
  {
    id: 'lora',
    title: 'LoRA and embeddings',
    blocks: [
      {
        kind: 'text',
        text: 'A LoRA is a small file that teaches a model a style, a character or clothes. Put it into the folder Lora, read the folder again in Models, then click its card in Create: <lora:name:1> appears in the prompt. 0.6 to 0.8 in place of 1 is often nicer. Many LoRAs want their own words, too; the card shows them. An embedding is used by writing its name.',
      },
      {
        kind: 'text',
        text: 'A LoRA fits only the kind of model it was made for: one for SDXL does nothing good in SD 1.',
      },
    ],
  },
  {
    id: 'queue',
    title: 'The queue',
    blocks: [
      {
        kind: 'text',
        text: 'You need not wait: press Generate again and the job joins the queue. There you can reorder, cancel and repeat jobs, or pause everything. Nothing in the queue is lost when the page or even the computer goes off. Interrupt ends the running job and keeps what is done; Skip goes on to the next picture.',
      },
    ],
  },
  {
    id: 'gallery',
    title: 'The gallery',
    blocks: [
      {
        kind: 'text',
        text: 'Everything you make is kept, with its recipe inside the file. Search for words, filter, give stars and tags. Open a picture and press “Reuse settings” to go on from there. With “Select” several are compared, saved or zipped at once; of two you see what differs. Pictures made by commands come with “Look for new pictures”. Deleted pictures wait in the bin until you empty it.',
      },
      {
        kind: 'text',
        text: 'PNG info reads the recipe of a picture from anywhere, also one that another program made. Sites where pictures are uploaded often remove it.',
      },
    ],
  },
  {
    id: 'compare',
    title: 'Comparing',
    blocks: [
      {
        kind: 'text',
        text: 'Which sampler suits, how many steps are enough? Compare makes the same picture with every value and lays them out in a table. Choose an axis and write its values: you are told how many pictures and how much time before it starts. The values of “Prompt S/R” take the place of the first one in the prompt.',
      },
      {
        kind: 'terms',
        terms: [
          ['10, 20, 30', 'Values with commas between them.'],
          ['10-30 (+10)', 'From 10 to 30 in steps of 10.'],
          ['1-10 [4]', 'Four values from 1 to 10, evenly spread.'],
        ],
      },
    ],
  },
  {
    id: 'keys',
    title: 'Keys',
    blocks: [
      {
        kind: 'keys',
        keys: [
          ['Ctrl+Enter', 'Create, Redraw: generate'],
          ['Alt+Enter', 'Create, Redraw: skip the running batch'],
          ['Ctrl+↑ Ctrl+↓', 'Create: more or less weight for the selected words'],
          ['Tab Enter', 'Create: take the offered word'],
          ['/', 'Gallery: search'],
          ['← → ↑ ↓', 'Gallery: move; in the large view: previous, next'],
          ['Enter', 'Gallery: open'],
          ['X', 'Gallery: select; C compares two'],
          ['Shift+Click Ctrl+A', 'Gallery: select a range, select all'],
          ['0 1 2 3 4 5', 'Gallery: rate'],
          ['Delete', 'Gallery: move to the bin'],
          ['R C', 'Large view: reuse settings, copy the recipe'],
          ['S A D', 'Large view: save, zip, download'],
          ['H E P U V', 'Large view: hires, redraw, inpaint, upscale, compare values'],
          ['Z I', 'Large view: zoom, details'],
          ['Esc', 'Close'],
        ],
      },
    ],
  },
  {
    id: 'trouble',
    title: 'When something goes wrong',
    blocks: [
      {
        kind: 'terms',
        terms: [
          ['Out of memory', 'Make the picture smaller, the batch size 1, and free the memory in Models.'],
          [
            'Colours go to the wrong things',
            'Name fewer colours, put each right before its thing, or separate with BREAK.',
          ],
          ['Grey or washed out', 'The model may want its own VAE, or the CFG scale is too low.'],
          ['Two heads, long bodies', 'The size is too far from what the model was made for.'],
          ['A model is “unusable”', 'Its card says why. Often the download broke off: fetch it again.'],
        ],
      },
    ],
  },
];
