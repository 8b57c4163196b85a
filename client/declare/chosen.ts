import * as z from "zod";

/**
 * A schema of several, by what the value looks like: so what is wrong is told of the one that was meant, where a union can tell
 * of none. Their input types have to be given.
 */
export function chosen<Given, Output>(choose: (value: unknown) => z.ZodType<Output>) {
  return z
    .custom<Given>(() => true)
    .transform((value, context): Output => {
      const result = choose(value).safeParse(value);
      if (result.success) return result.data;
      for (const issue of result.error.issues) {
        context.issues.push({ ...issue, input: value } as (typeof context.issues)[number]);
      }
      return z.NEVER;
    });
}

const isSingle = (value: unknown) => !Array.isArray(value);

/** One, or a list of them; its value is a list. */
export function oneOrMore<T extends z.ZodType>(
  one: T,
  isOne: (value: unknown) => boolean = isSingle,
) {
  const single = one.transform((value) => [value]);
  const list = z.array(one).min(1, "must not be empty");
  return chosen<z.input<T> | readonly z.input<T>[], z.output<T>[]>((value) =>
    isOne(value) ? single : list,
  );
}
