/** What becomes of a unit when it is started or reloaded; it runs, unless told otherwise. */
export type Behaviour = Start & { readonly reload?: "fails"; readonly stop?: "is started again" };

type Start =
  /** Its job succeeds and it stays. */
  | { readonly start: "runs" }
  /** Its job fails. */
  | { readonly start: "fails"; readonly status?: number; readonly result?: string }
  /** Its job succeeds, and it is found dead when somebody looks a second time. */
  | { readonly start: "dies"; readonly status?: number }
  /** As `dies`, but started again by Restart=. */
  | { readonly start: "loops"; readonly status?: number }
  /** As `loops`, but so fast that it is found alive each time: as another invocation. */
  | { readonly start: "flaps" }
  /** Its work is done at once, and well. */
  | { readonly start: "ends" }
  /** Its job does not end. */
  | { readonly start: "hangs" };
