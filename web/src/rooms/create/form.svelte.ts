import { keep, readKept } from '../../stores/kept';
import { applyRequest, restoreForm, startingForm, type ApplyOptions, type CreateForm } from './form';

const isAnything = (value: unknown): value is unknown => value !== undefined;

// Each tab goes on with its own form after a reload; a new tab and a new day start from the last one that was used.
function readForm(name: string): CreateForm {
  try {
    const own = sessionStorage.getItem(name);
    if (own !== null) return restoreForm(JSON.parse(own));
  } catch {
    // Falls through to what all tabs share.
  }
  return restoreForm(readKept<unknown>(name, null, isAnything));
}

function writeForm(name: string, form: CreateForm) {
  keep(name, form);
  try {
    sessionStorage.setItem(name, JSON.stringify(form));
  } catch {
    // Kept for all tabs at least.
  }
}

/** The settings of this tab. Every change is kept; a moment later, so that typing is not slowed down. */
export class FormStore {
  form = $state<CreateForm>(restoreForm(startingForm));
  #before: CreateForm | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `name`: under which the browser keeps it. */
  constructor(private readonly name: string) {
    this.form = readForm(name);
    addEventListener('pagehide', () => writeForm(name, $state.snapshot(this.form)));
  }

  /** To be called after the form changed. */
  keep(): void {
    const snapshot = $state.snapshot(this.form);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => writeForm(this.name, snapshot), 300);
  }

  apply(request: Record<string, unknown>, options: ApplyOptions): void {
    this.#before = $state.snapshot(this.form);
    this.form = applyRequest($state.snapshot(this.form), request, options);
  }

  reset(): void {
    this.#before = $state.snapshot(this.form);
    this.form = restoreForm(startingForm);
  }

  /** Takes the last `apply` or `reset` back. */
  undo(): void {
    if (this.#before) this.form = this.#before;
    this.#before = undefined;
  }
}
