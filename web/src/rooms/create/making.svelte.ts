import { getContext, setContext } from 'svelte';
import { toRequest } from './form';
import { FormStore } from './form.svelte';
import { Generate } from './generate.svelte';
import { fromWords } from './picture-members';

/** What a room's controls set, and what its button starts. Rooms that make pictures share the controls, not the values. */
export interface Making {
  form: FormStore;
  generate: Generate;
}

const key = Symbol('making');

function newCreate(): Making {
  const form = new FormStore('create.form');
  return { form, generate: new Generate(async () => fromWords(toRequest($state.snapshot(form.form)))) };
}

export const create = newCreate();

// Generating forever goes on in Create while another room is looked at.
$effect.root(() => {
  $effect(() => create.generate.goOn());
});

/** To be called where a room is made; its components then work with this. */
export function provideMaking(making: Making): void {
  setContext(key, making);
}

export const useMaking = () => getContext<Making>(key);
export const useForm = () => useMaking().form;
