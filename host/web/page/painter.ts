/** How much of the page's time drawing may take: if a picture takes longer, the next comes later. */
const SHARE = 0.3;

/**
 * Draws when something is new, at most once per frame of the screen. While nothing is new, nothing runs. If drawing is
 * slow, as on a slow machine, pictures are left out.
 */
export class Painter {
  private asked = false;
  /** Not before this time, as `performance.now` tells. */
  private next = 0;

  /** @param paint draws everything that is new */
  constructor(private readonly paint: () => void) {}

  /** Something is new. */
  ask(): void {
    if (this.asked) return;
    this.asked = true;
    const wait = this.next - performance.now();
    const frame = (): number => requestAnimationFrame(() => this.draw());
    if (wait > 0) setTimeout(frame, wait);
    else frame();
  }

  private draw(): void {
    this.asked = false;
    const began = performance.now();
    this.paint();
    const took = performance.now() - began;
    this.next = began + took / SHARE;
  }
}
