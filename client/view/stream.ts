/** What views need of the world: given to them, so that a test can hold all of it. */

export interface TextStream {
  /** Text is written as UTF-8; bytes as they are. */
  write(text: string | Uint8Array): void;
  readonly isTerminal: boolean;
  /** May change while a terminal is resized; 80 where there is none. */
  readonly columns: number;
  readonly rows: number;
}

export interface Clock {
  /** Milliseconds, from any start, never going back. */
  now(): number;
  /** Calls back again and again until the returned function is called. Does not keep the process alive. */
  every(milliseconds: number, callback: () => void): () => void;
}
