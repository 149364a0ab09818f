import type { Schema } from '../api/client';

/** What keeps closest to a picture while it adds detail: the first network that can be used, or else Lanczos. */
export const closestUpscaler = (upscalers: readonly Schema<'Upscaler'>[]) =>
  upscalers.find(({ family, problem }) => family && !problem)?.name ?? 'Lanczos';

/** Upscalers as a list to choose from: networks with their family; those that cannot be used are shown as such. */
export const upscalerChoices = (upscalers: readonly Schema<'Upscaler'>[]) =>
  upscalers
    .filter(({ name }) => name !== 'None')
    .map(({ name, family, problem }) => ({
      value: name,
      label: family ? `${name} (${family})` : name,
      disabled: !!problem,
    }));
