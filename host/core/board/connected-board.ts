import type { BoardClient, Hello } from '../protocol/index.js';

/** A board that has said hello. Close its client, or the port stays taken. */
export interface ConnectedBoard {
  readonly client: BoardClient;
  /** As it was when the board was opened. */
  readonly hello: Hello;
  /** Path of the port. */
  readonly port: string;
}
