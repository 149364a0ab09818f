import { catalogue } from '../../stores/catalogue.svelte';
import type { FormStore } from './form.svelte';
import type { KnobValue } from './form';

/** One member of a form's request as a control sees it: what was set, or else `usual`. */
export class Member<T extends KnobValue> {
  constructor(
    private readonly store: FormStore,
    readonly name: string,
    private readonly usual: T,
  ) {}

  get isKnown(): boolean {
    return catalogue.field(this.name) !== undefined;
  }

  get value(): T {
    const value = this.store.form.members[this.name];
    return typeof value === typeof this.usual ? (value as T) : this.usual;
  }

  set value(value: T) {
    this.store.form.members[this.name] = value;
  }

  /** As the studio says; else up to this. */
  largest(otherwise: number): number {
    return Math.min(otherwise, catalogue.field(this.name)?.maximum ?? otherwise);
  }
}
