import { api, type Schema } from '../../api/client';
import { t } from '../../i18n/index.svelte';
import { handover } from '../../stores/handover.svelte';
import { toBase64 } from '../../stores/picture-file';
import { toasts } from '../../stores/toasts.svelte';
import { looksLikeRecipe } from './form';

export interface Offer {
  recipe: Schema<'Recipe'>;
  /** Puts the pasted text into the prompt after all. */
  asText?: () => void;
}

/** Recipes that came in and wait for the user's word: pasted texts, dropped pictures, other rooms' sendings. */
class Recipes {
  offer = $state.raw<Offer>();

  /** True when the text is a recipe; then it is read and offered, or put in as text when it cannot be read. */
  takeText(text: string, asText: () => void): boolean {
    if (!looksLikeRecipe(text)) return false;
    void api.post('/recipe', { body: { text } }).then((answer) => {
      if (answer.ok) this.offer = { recipe: answer.value, asText };
      else asText();
    });
    return true;
  }

  async takePicture(file: File): Promise<void> {
    const answer = await api.post('/recipe', { body: { image: await toBase64(file) } });
    if (!answer.ok) toasts.error(answer.error);
    else if (answer.value.infotext === '') toasts.info(t().create.paste.nothing);
    else this.offer = { recipe: answer.value };
  }

  takeHandover(): void {
    const recipe = handover.recipe && handover.takeRecipe();
    if (recipe) this.offer = { recipe };
  }
}

export const recipes = new Recipes();
