/** Two directions of bytes to one peer: a socket, a pipe, or two arrays in a test. */
export interface ByteStream {
  readonly readable: AsyncIterable<Uint8Array>;
  /** Settles when the bytes were taken; rejects when the peer is gone. */
  write(bytes: Uint8Array): Promise<void>;
}
