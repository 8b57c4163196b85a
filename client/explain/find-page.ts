import { editDistance } from "../../shared/nearest-name.ts";
import { AREAS } from "./areas.ts";
import type { Code, Page } from "./page.ts";

export interface Explanation extends Page {
  readonly code: Code;
  readonly area: string;
}

/** Every page there is, in order. */
export function allPages(): Explanation[] {
  return AREAS.flatMap(({ title: area, pages }) =>
    Object.entries(pages).map(([code, page]) => ({ ...page, code: code as Code, area })),
  );
}

/** The code that a word means: `HK4010`, `hk4010`, `4010`, or as it was printed, `error[host HK4010]:`. */
export function codeIn(word: string): string | undefined {
  const digits = /HK(\d{4})(?!\d)/i.exec(word)?.[1] ?? /^\d{4}$/.exec(word)?.[0];
  return digits === undefined ? undefined : `HK${digits}`;
}

export const findPage = (code: string): Explanation | undefined =>
  allPages().find((page) => page.code === code);

/** How many are offered in place of a code that does not exist. */
const OFFERED = 3;

/** Pages whose codes are one slip of the fingers away, else those with the nearest numbers; none for a word without a number. */
export function nearestPages(word: string): Explanation[] {
  const digits = word.replaceAll(/\D/g, "");
  if (digits === "") return [];
  const far = ({ code }: Explanation) => Math.abs(Number(code.slice(2)) - Number(digits));
  const pages = allPages().toSorted((one, other) => far(one) - far(other));
  const slips = pages.filter(({ code }) => editDistance(digits, code.slice(2)) === 1);
  const isSwapped = ({ code }: Explanation) => sorted(code.slice(2)) === sorted(digits);
  const likely = [...slips.filter(isSwapped), ...slips.filter((page) => !isSwapped(page))];
  return (likely.length > 0 ? likely : pages).slice(0, OFFERED);
}

const sorted = (digits: string): string => digits.split("").toSorted().join("");
