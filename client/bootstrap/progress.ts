/** How far the way to a running agent has come. */
export type BootstrapProgress =
  | { readonly phase: "connecting" }
  | { readonly phase: "checking" }
  | { readonly phase: "uploading"; readonly bytes: number; readonly total: number }
  | { readonly phase: "starting" };
