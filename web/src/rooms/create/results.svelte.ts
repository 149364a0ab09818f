import { api, type Schema } from '../../api/client';
import { studio } from '../../stores/studio.svelte';

const kept = 60;

/** The newest pictures, and the one on the easel. While a job runs, the easel follows it unless a picture was chosen. */
class Results {
  pictures = $state.raw<Schema<'Picture'>[]>([]);
  chosen = $state<number>();
  follows = $state(true);

  constructor() {
    void this.refresh();
    studio.on((event) => {
      if (event.name === 'picture') this.#add(event.data);
      if (event.name === 'gallery' || event.name === 'resync') void this.refresh();
    });
  }

  get picture(): Schema<'Picture'> | undefined {
    return this.pictures.find(({ id }) => id === this.chosen) ?? this.pictures[0];
  }

  async refresh(): Promise<void> {
    const answer = await api.get('/pictures', { query: { limit: kept, order: 'newest' } });
    if (answer.ok) this.pictures = answer.value.pictures;
  }

  choose(id: number): void {
    this.chosen = id;
    this.follows = false;
  }

  follow(): void {
    this.follows = true;
    this.chosen = undefined;
  }

  /** The picture before (-1) or after (1) the one on the easel. */
  step(by: number): void {
    const here = this.pictures.findIndex(({ id }) => id === this.picture?.id);
    const next = this.pictures[here + by];
    if (next) this.choose(next.id);
  }

  #add(picture: Schema<'Picture'>) {
    if (picture.in_bin || this.pictures.some(({ id }) => id === picture.id)) return;
    this.pictures = [picture, ...this.pictures].slice(0, kept);
    if (this.follows) this.chosen = picture.id;
  }
}

export const results = new Results();
