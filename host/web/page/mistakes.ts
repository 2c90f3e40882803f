/** A second of sound that the page got wrong, as the user marked it. */
export interface Mistake {
  /** One second, int16 at 16 kHz, that ends where the flag stands. */
  readonly second: Int16Array;
  /** The word on the flag. */
  readonly label: string;
  /** `false-accept`: the word was heard, but nobody said it. `miss`: it was said, but not heard. */
  readonly kind: 'false-accept' | 'miss';
}

/** The seconds that the user marked as wrong since the page was opened. Teaching reads them. */
class Mistakes {
  private readonly listed = new Set<Mistake>();
  private readonly listeners = new Set<() => void>();

  /** In the order in which they were marked. */
  get all(): readonly Mistake[] {
    return [...this.listed];
  }

  add(mistake: Mistake): void {
    this.listed.add(mistake);
    this.tell();
  }

  remove(mistake: Mistake): void {
    this.listed.delete(mistake);
    this.tell();
  }

  clear(): void {
    this.listed.clear();
    this.tell();
  }

  /** Calls a listener after every change. */
  onChange(listener: () => void): void {
    this.listeners.add(listener);
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
  }
}

export const mistakes = new Mistakes();
