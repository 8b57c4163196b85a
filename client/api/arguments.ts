import { type Duration, parseDuration } from "../../shared/duration.ts";
import { OnFailure } from "../../shared/run.ts";
import { describe } from "../declare/describe.ts";
import { apiFault } from "./api-fault.ts";

/** What a program without types can give as well. */

export function milliseconds(name: string, given: Duration | undefined, unset: Duration): number {
  const value: unknown = given ?? unset;
  const parsed = typeof value === "string" ? parseDuration(value) : undefined;
  if (parsed !== undefined) return Math.round(parsed);
  throw apiFault(
    "HK5040",
    `\`${name}\` takes a duration such as "30s" or "5m"; it was given ${describe(value, { quote: true })}.`,
  );
}

export function onFailureOf(given: OnFailure | undefined): OnFailure {
  const parsed = OnFailure.safeParse(given ?? "rollback");
  if (parsed.success) return parsed.data;
  throw apiFault(
    "HK5040",
    `\`onFailure\` takes "rollback" or "stop"; it was given ${describe(given, { quote: true })}.`,
  );
}

/** What a value of the library has that only the library sees; a value of another make has nothing. */
export class Hidden<Value extends object, Content> {
  readonly #contents = new WeakMap<Value, Content>();
  readonly #made: string;

  /** `made`: how such a value is come by: "`load`". */
  constructor(made: string) {
    this.#made = made;
  }

  put(value: Value, content: Content): void {
    this.#contents.set(value, content);
  }

  /** Whether it is such a value. */
  has(value: object): boolean {
    return this.#contents.has(value as Value);
  }

  get(value: Value): Content {
    const content = this.#contents.get(value);
    if (content !== undefined) return content;
    throw apiFault(
      "HK5040",
      `What ${this.#made} gives was expected; it was given ${describe(value, { quote: false })}. A copy of it won't do.`,
    );
  }
}
