/**
 * How much of a plan is shown. `brief`: a line for each change; `changes`: what differs, with what is around it; `full`: every
 * line of everything.
 */
export type Detail = "brief" | "changes" | "full";
