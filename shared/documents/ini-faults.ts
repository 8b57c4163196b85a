import { type Data, type DataPath, isDataMap } from "./data.ts";
import type { DataFault } from "./format.ts";

/** What not all readers of INI files read alike is refused: their quoting differs, and a guess would be right for some of them only. */
export function iniFaults(data: Data): DataFault[] {
  if (!isDataMap(data)) return [{ at: [], why: "is no mapping, which an INI file has to be" }];
  return Object.entries(data).flatMap(([key, value]) =>
    isDataMap(value) ? sectionFaults(key, value) : entryFaults([key], value),
  );
}

function sectionFaults(name: string, section: Record<string, Data>): DataFault[] {
  const why = sectionFault(name);
  const own = why === undefined ? [] : [{ at: [name], why }];
  const inner = Object.entries(section).flatMap(([key, value]) => entryFaults([name, key], value));
  return [...own, ...inner];
}

function entryFaults(at: DataPath, value: Data): DataFault[] {
  const why = keyFault(String(at.at(-1)));
  const own = why === undefined ? [] : [{ at, why }];
  if (isDataMap(value)) return [...own, { at, why: nested(at) }];
  if (!Array.isArray(value)) return [...own, ...valueFaults(at, value)];
  if (value.length === 0)
    return [
      ...own,
      { at, why: "is an empty list, which an INI file can't hold; leave the key out" },
    ];
  const items = (value as readonly Data[]).flatMap((item, index) =>
    valueFaults([...at, index], item),
  );
  return [...own, ...items];
}

function nested(at: DataPath): string {
  return `is a section inside of a section, which an INI file has no common way to write; some programs take one called ${JSON.stringify(at.join("."))}`;
}

function valueFaults(at: DataPath, value: Data): DataFault[] {
  if (value === null)
    return [{ at, why: "is null, which an INI file can't hold; leave the key out" }];
  if (typeof value === "object") return [{ at, why: "is neither text nor a list of texts" }];
  const why = textFault(String(value));
  return why === undefined ? [] : [{ at, why }];
}

// oxlint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f\u0085\u2028\u2029]/;

function textFault(text: string): string | undefined {
  if (text.includes("\n")) return "has a line break, which an INI file can't hold";
  if (CONTROL.test(text)) return "has a control character, which an INI file can't hold";
  if (text !== text.trim())
    return "begins or ends with white space, which readers of INI files leave out";
  if (/^["'`]/.test(text)) return "begins with a quote, which some readers of INI files take off";
  if (/[;#]/.test(text))
    return "has a ; or #, with which a comment begins to some readers of INI files";
  if (text.endsWith("\\"))
    return "ends with a backslash, behind which some readers of INI files go on with the next line";
  return undefined;
}

function keyFault(key: string): string | undefined {
  if (key === "") return "is an empty key";
  if (key.includes("\n") || CONTROL.test(key) || key !== key.trim())
    return "is a key with white space around it or a control character in it";
  if (/^[[;#"'`]/.test(key))
    return "is a key that begins with a character that means something else there";
  return /[=:]/.test(key)
    ? "is a key with a = or :, behind which its value would begin"
    : undefined;
}

function sectionFault(name: string): string | undefined {
  const isPlain =
    name !== "" && name === name.trim() && !name.includes("\n") && !CONTROL.test(name);
  if (!isPlain || /^["'`]|[[\];#]/.test(name))
    return "is the name of a section and must not be empty, begin with a quote, have one of [ ] ; #, or white space around it";
  return undefined;
}
