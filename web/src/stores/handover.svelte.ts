import type { Schema } from '../api/client';
import { router } from './route.svelte';

/** A picture on its way: of the gallery, by its id, or a file from anywhere. */
export interface SentPicture {
  source: number | File;
  /** Mask a part of it, and not redraw it as a whole. */
  masked?: boolean;
  /** Enlarge it first, and redraw it tile by tile. */
  tiled?: boolean;
}

/** A request whose values are to be compared. */
export interface SentRequest {
  request: Record<string, unknown>;
  /** Of the gallery: the picture that was made by it. */
  picture?: number;
}

/** What one room sends to another. The receiving room takes it once, when it opens or while it is open. */
class Handover {
  recipe = $state.raw<Schema<'Recipe'>>();
  picture = $state.raw<File>();
  redraw = $state.raw<SentPicture>();
  upscale = $state.raw<SentPicture>();
  compare = $state.raw<SentRequest>();

  /** Opens Create with these settings; the user is asked there whether the checkpoint comes along. */
  toCreate(recipe: Schema<'Recipe'>): void {
    this.recipe = recipe;
    router.go('create');
  }

  /** Opens PNG info with a picture from anywhere. Pictures of the gallery are linked: router.go('png-info', { picture }). */
  toPngInfo(picture: File): void {
    this.picture = picture;
    router.go('png-info');
  }

  toRedraw(sent: SentPicture): void {
    this.redraw = sent;
    router.go('redraw');
  }

  takeRedraw(): SentPicture | undefined {
    const sent = this.redraw;
    this.redraw = undefined;
    return sent;
  }

  toUpscale(sent: SentPicture): void {
    this.upscale = sent;
    router.go('upscale');
  }

  takeUpscale(): SentPicture | undefined {
    const sent = this.upscale;
    this.upscale = undefined;
    return sent;
  }

  toCompare(sent: SentRequest): void {
    this.compare = sent;
    router.go('compare');
  }

  takeCompare(): SentRequest | undefined {
    const sent = this.compare;
    this.compare = undefined;
    return sent;
  }

  takeRecipe(): Schema<'Recipe'> | undefined {
    const recipe = this.recipe;
    this.recipe = undefined;
    return recipe;
  }

  takePicture(): File | undefined {
    const picture = this.picture;
    this.picture = undefined;
    return picture;
  }
}

export const handover = new Handover();
