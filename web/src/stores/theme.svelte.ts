import { keep, onKeptElsewhere, readKept } from './kept';

export const themeChoices = ['system', 'light', 'dark'] as const;
export type ThemeChoice = (typeof themeChoices)[number];

function isThemeChoice(value: unknown): value is ThemeChoice {
  return themeChoices.some((choice) => choice === value);
}

/** Light or dark: what the system says, unless the user said otherwise here. */
class Theme {
  #choice = $state<ThemeChoice>(readKept('theme', 'system', isThemeChoice));
  #systemIsDark = $state(matchMedia('(prefers-color-scheme: dark)').matches);

  constructor() {
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', (event) => {
      this.#systemIsDark = event.matches;
      this.#show();
    });
    onKeptElsewhere('theme', (value) => {
      if (!isThemeChoice(value)) return;
      this.#choice = value;
      this.#show();
    });
    this.#show();
  }

  get choice(): ThemeChoice {
    return this.#choice;
  }

  set choice(choice: ThemeChoice) {
    this.#choice = choice;
    keep('theme', choice);
    this.#show();
  }

  get shown(): 'light' | 'dark' {
    if (this.#choice === 'system') return this.#systemIsDark ? 'dark' : 'light';
    return this.#choice;
  }

  #show() {
    document.documentElement.dataset.theme = this.shown;
  }
}

export const theme = new Theme();
