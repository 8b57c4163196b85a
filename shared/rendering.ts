import type { ContentRef } from "./content.ts";

/** The content of something on a host, as it will be: bytes by reference, or a text. */
export type Rendering = (
  | { readonly ref: ContentRef }
  | {
      readonly text: string;
      /** Something in it is a secret, and is not shown. */
      readonly masked: boolean;
    }
) & {
  /** What a person should know who takes it for the file on a host. */
  readonly notes: readonly string[];
};
