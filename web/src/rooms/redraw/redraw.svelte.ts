import { api } from '../../api/client';
import { composeMask, composeMosaic, composePicture, toPng } from '../../canvas/compose';
import { Drawing } from '../../canvas/drawing.svelte';
import { noMargins, type Margins } from '../../canvas/margins';
import type { Screen } from '../../canvas/screen';
import { Toolbox } from '../../canvas/toolbox.svelte';
import { t } from '../../i18n/index.svelte';
import { catalogue } from '../../stores/catalogue.svelte';
import { fetchPicture, toBase64 } from '../../stores/picture-file';
import type { SentPicture } from '../../stores/handover.svelte';
import { keep, readKept } from '../../stores/kept';
import { router } from '../../stores/route.svelte';
import { toasts } from '../../stores/toasts.svelte';
import { toRequest } from '../create/form';
import { FormStore } from '../create/form.svelte';
import { Generate } from '../create/generate.svelte';
import type { Making } from '../create/making.svelte';
import { isPictureMember, type Size } from '../create/picture-members';
import { queue } from '../create/queue.svelte';
import type { Job } from '../create/queue-state';
import { folderRequest, restoreFolder, type FolderChoice } from './folder';
import { loopbackOf, restoreLoopback, type LoopbackChoice } from './loopback';
import { growsAnywhere, marginsOf, restoreOutpainting, type Outpainting } from './outpaint';
import {
  canLoop,
  canTile,
  hasMask,
  isRedrawMode,
  kindsOf,
  redrawRequest,
  sizeAs,
  type RedrawMode,
} from './redraw-request';

/** Details are worked out, and each tile still shows what it did. */
const tiledStrength = 0.3;
const isAnything = (value: unknown): value is unknown => value !== undefined;
const isTruth = (value: unknown): value is boolean => typeof value === 'boolean';

/** The room's own state: the drawing, how it is redrawn, and the form that it shares its controls with Create by. */
class Redraw {
  readonly drawing = new Drawing();
  readonly toolbox = new Toolbox();
  readonly making: Making;
  mode = $state<RedrawMode>(readKept('redraw.mode', 'inpaint', isRedrawMode));
  followsSize = $state(readKept('redraw.followsSize', true, isTruth));
  outpainting = $state<Outpainting>(
    restoreOutpainting(readKept<unknown>('redraw.outpaint', null, isAnything)),
  );
  folder = $state<FolderChoice>(restoreFolder(readKept<unknown>('redraw.folder', null, isAnything)));
  loopback = $state<LoopbackChoice>(restoreLoopback(readKept<unknown>('redraw.loopback', null, isAnything)));
  /** A result, or the picture that is being made, lies large over the drawing. */
  showsResult = $state(false);
  /** Id of the job that was sent last. */
  sent = $state<number>();
  /** The drawing was gone back to, and what is generated forever does not cover it again. */
  #keepsDrawing = false;
  /** Tells how to read the layers; there while the room is. */
  screen: () => Screen | undefined = () => undefined;

  constructor() {
    const form = new FormStore('redraw.form');
    this.making = {
      form,
      generate: new Generate(
        () => this.#ask(),
        (request) => this.#submit(request),
      ),
    };
  }

  /** What the mode that is on adds around the picture. */
  get margins(): Margins {
    const { picture } = this.drawing.structure;
    return this.mode === 'outpaint' ? marginsOf(this.outpainting, picture) : noMargins;
  }

  /** Enlarged first and redrawn in tiles of the form's size. */
  get isTiled(): boolean {
    return canTile(this.mode) && this.making.form.form.members.sd_upscale === true;
  }

  /** What a request asks for; undefined while there is no picture and the form says nothing. */
  get size(): Size | undefined {
    const { picture } = this.drawing.structure;
    if (!picture) return undefined;
    const largest = catalogue.field('width')?.maximum ?? 2048;
    const isAsPicture = this.followsSize || this.mode === 'outpaint';
    if (isAsPicture && !this.isTiled) return sizeAs(picture, largest);
    const { width, height } = this.making.form.form;
    const native = catalogue.loaded?.native_size || 512;
    return { width: width || native, height: height || native };
  }

  /** Whether the way of redrawing that is on can feed results back. */
  get canLoop(): boolean {
    return canLoop(this.mode) && !this.isTiled;
  }

  showResult(): void {
    this.showsResult = true;
  }

  /** From now on, what is made is shown when it is sent. */
  follow(): void {
    this.#keepsDrawing = false;
  }

  backToDrawing(): void {
    this.showsResult = false;
    this.#keepsDrawing = true;
  }

  /** Another way of redrawing; the tools work on the layer that is usual there. */
  choose(mode: RedrawMode): void {
    this.mode = mode;
    this.showsResult = false;
    const [kind] = kindsOf[mode];
    if (kind) this.toolbox.layer = this.drawing.layerOf(kind);
  }

  /** To be called after the mode or the like changed. */
  keep(): void {
    keep('redraw.mode', this.mode);
    keep('redraw.followsSize', this.followsSize);
    keep('redraw.outpaint', $state.snapshot(this.outpainting));
    keep('redraw.loopback', $state.snapshot(this.loopback));
    keep('redraw.folder', $state.snapshot(this.folder));
  }

  /** Brings another picture; the one before can be had back. */
  async open(file: Blob, id?: number): Promise<void> {
    this.showsResult = false;
    const hadPicture = this.drawing.structure.picture !== null;
    try {
      await this.drawing.open(file, id);
    } catch {
      return toasts.error(t().redraw.cannotRead);
    }
    if (hadPicture)
      toasts.info(t().redraw.replaced, {
        label: t().redraw.tools.undo,
        run: () => void this.drawing.undo(),
      });
  }

  async take({ source, masked, tiled = false }: SentPicture): Promise<void> {
    if (masked !== undefined) this.choose(masked ? 'inpaint' : 'whole');
    const { members } = this.making.form.form;
    if (tiled) Object.assign(members, { sd_upscale: true, denoising_strength: tiledStrength });
    const file = typeof source === 'number' ? await fetchPicture(source) : source;
    if (!file) return toasts.error(t().redraw.cannotRead);
    await this.open(file, typeof source === 'number' ? source : undefined);
    await this.#readWords(source, file);
  }

  /** A picture from anywhere; what it says of its making is taken where nothing was written yet. */
  async bring(file: Blob, id?: number): Promise<void> {
    await this.open(file, id);
    const { prompt, negative } = this.making.form.form;
    if (`${prompt}${negative}`.trim() === '') await this.#readWords(id, file);
  }

  async #readWords(source: number | Blob | undefined, file: Blob) {
    const recipe =
      typeof source === 'number'
        ? await api.get('/pictures/{id}/recipe', { path: { id: source } })
        : await api.post('/recipe', { body: { image: await toBase64(file) } });
    if (recipe.ok && recipe.value.infotext !== '') this.#apply(recipe.value.request);
  }

  // The words and the sampling of the picture; how things are redrawn stays, and a seed is drawn anew.
  #apply(request: Record<string, unknown>) {
    const { form } = this.making;
    const members = $state.snapshot(form.form.members);
    form.apply(request, { withModel: false, usual: catalogue.usualValues });
    for (const id of Object.keys(form.form.members)) if (isPictureMember(id)) delete form.form.members[id];
    for (const [id, value] of Object.entries(members)) if (isPictureMember(id)) form.form.members[id] = value;
    form.form.seed = -1;
  }

  /** A picture of the gallery, with something in it under a mosaic. */
  get canSaveMosaic(): boolean {
    return this.drawing.hasMosaic && this.drawing.structure.picture?.id !== undefined;
  }

  /** Saves the picture with the mosaic that is seen, as a picture beside it. */
  async saveMosaic(): Promise<void> {
    const id = this.drawing.structure.picture?.id;
    if (id === undefined) return;
    const { block } = this.toolbox.settings;
    const mask = await toBase64(await toPng(composeMosaic(this.drawing.document)));
    const body = { mask, ...(block > 0 ? { block: Math.max(2, block) } : {}) };
    const answer = await api.post('/pictures/{id}/mosaic', { path: { id }, body });
    if (!answer.ok) return toasts.error(answer.error);
    const saved = String(answer.value.id);
    toasts.good(t().redraw.savedMosaic, {
      label: t().create.stage.gallery,
      run: () => router.go('gallery', { picture: saved }),
    });
  }

  #missing(): string | undefined {
    const { drawing, mode } = this;
    const words = t().redraw;
    if (mode === 'folder') return this.folder.folder === '' ? words.folder.missing : undefined;
    if (!drawing.bitmap) return words.noPicture;
    if (mode === 'inpaint' && !drawing.hasMask) return words.noMask;
    if (mode === 'inpaintSketch' && !drawing.hasColour && !drawing.hasMask) return words.noColour;
    if (mode === 'outpaint' && !growsAnywhere(this.outpainting)) return words.noSide;
    return undefined;
  }

  async #ask(): Promise<Record<string, unknown> | undefined> {
    const missing = this.#missing();
    if (!missing && this.mode === 'folder') return toRequest($state.snapshot(this.making.form.form));
    const { bitmap } = this.drawing;
    const { size } = this;
    if (missing || !bitmap || !size) {
      toasts.info(missing ?? t().redraw.noPicture);
      return undefined;
    }
    try {
      return redrawRequest({
        request: toRequest($state.snapshot(this.making.form.form)),
        mode: this.mode,
        isKnown: (name) => catalogue.field(name) !== undefined,
        size,
        picture: await toBase64(await this.#picture(bitmap)),
        mask: hasMask(this.mode) ? await toBase64(await this.#mask()) : undefined,
        outpainting: $state.snapshot(this.outpainting),
        loopback: this.canLoop ? loopbackOf($state.snapshot(this.loopback)) : undefined,
      });
    } catch {
      toasts.error(t().redraw.cannotRead);
      return undefined;
    }
  }

  #submit(request: Record<string, unknown>): Promise<Job | undefined> {
    if (this.mode !== 'folder') return this.#submitOne(request);
    const { width, height } = this.making.form.form;
    const size = this.followsSize || width === 0 || height === 0 ? undefined : { width, height };
    return queue.submitFolder(folderRequest($state.snapshot(this.folder), request, size));
  }

  async #submitOne(request: Record<string, unknown>): Promise<Job | undefined> {
    const job = await queue.submit(request);
    this.sent = job?.id;
    if (!this.making.generate.forever) this.#keepsDrawing = false;
    if (job && !this.#keepsDrawing) this.showsResult = true;
    return job;
  }

  // The file as it came, where nothing was painted on it: not a bit of it is lost on the way.
  async #picture(bitmap: ImageBitmap): Promise<Blob> {
    const { document, structure, hasColour } = this.drawing;
    const file = structure.picture?.file;
    if (!hasColour && file && /^image\/(png|jpeg|webp)$/.test(file.type)) return file;
    const screen = this.screen();
    const paint = (context: CanvasRenderingContext2D) => {
      for (const { id, isVisible } of document.layers('colour'))
        if (isVisible) screen?.paintLayer(id, context);
    };
    return toPng(composePicture(bitmap, paint));
  }

  #mask(): Promise<Blob> {
    return toPng(composeMask(this.drawing.document, this.mode === 'inpaintSketch'));
  }
}

export const redraw = new Redraw();
