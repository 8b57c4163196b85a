import type { Found } from "../../shared/found.ts";
import { value as valueText } from "./difference-text.ts";
import { textOf } from "./document-text.ts";
import { hostTitle } from "./host-title.ts";
import type { Detail } from "./detail.ts";
import type { PlanStyle } from "./plan-text.ts";
import { selectionText } from "./selection-text.ts";
import { crop, displayWidth, indent, oneLine, wrap } from "./text.ts";
import type { FoundShown } from "./view.ts";

/** What a host has of what is declared: a line for each resource, or all that is known of it. */
export function foundText(
  shown: FoundShown,
  given: PlanStyle & { readonly detail?: Detail },
): string[] {
  const { found, selection } = shown;
  const style = { detail: "changes" as const, ...given };
  const full = style.detail === "full";
  const { paint } = style;
  const width = Math.max(0, ...found.map(({ id }) => displayWidth(oneLine(id))));
  const count = (state: Found["state"]) => found.filter((each) => each.state === state).length;
  return [
    paint.strong(hostTitle(shown)),
    ...selectionText({ selection, taken: found.length, but: undefined, full }, style),
    "",
    ...found.flatMap((one) => lines(one, { style, width })),
    ...(found.length === 0 ? [] : [""]),
    `Read: ${count("present")} present, ${count("absent")} absent, ${count("problem")} with a problem.`,
  ];
}

interface FoundStyle extends PlanStyle {
  readonly detail: Detail;
}

interface Lines {
  readonly style: FoundStyle;
  readonly width: number;
}

function lines(one: Found, { style, width }: Lines): string[] {
  const { paint, columns } = style;
  const full = style.detail === "full";
  const id = oneLine(one.id);
  const head = `${paint.strong(id)}${" ".repeat(width - displayWidth(id))}`;
  const room = Math.max(columns - width - 13, 20);
  switch (one.state) {
    case "absent":
      return [`  ${head}  ${paint.faint("absent")}`];
    case "problem": {
      const { code, detail, summary } = one.problem;
      const why = `${summary} (${code})`;
      return [
        `  ${head}  ${paint.warning("problem")}  ${crop(oneLine(why), room)}`,
        ...(full ? indent(wrap(oneLine(detail), Math.max(columns - 6, 20)), "      ") : []),
      ];
    }
    case "present": {
      if (!full) {
        const told = one.fields.map((each) => fieldText(each, style));
        return [`  ${head}  ${paint.good("present")}  ${crop(told.join(", "), room)}`];
      }
      const fields = one.fields.flatMap(({ field, value, keys = [] }) => [
        fieldText({ field, value, keys }, style),
        ...keys.map(
          ({ key, before }) => `  ${oneLine(key)}: ${textOf(before, { paint, isTyped: true })}`,
        ),
      ]);
      return [`  ${head}  ${paint.good("present")}`, ...indent(fields, "      ")];
    }
  }
}

type Field = Extract<Found, { state: "present" }>["fields"][number];

/** Of a document its format, which needs no quotes. */
function fieldText(
  { field, value, keys }: Pick<Field, "field" | "value" | "keys">,
  style: FoundStyle,
): string {
  const isFormat = typeof value === "string" && keys !== undefined && keys.length > 0;
  return `${oneLine(field)}: ${isFormat ? oneLine(value) : valueText(value, style)}`;
}
