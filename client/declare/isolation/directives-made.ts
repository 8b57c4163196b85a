/** Directives of [Service], while they are made up. */
export type Directives = Record<string, string | number | boolean | readonly (string | number)[]>;

/** The same when they are: those that confine a service, with those its declaration gives by name. */
export type ServiceSection = Readonly<Record<string, unknown>>;

export function leaveOut(directives: Directives, names: readonly string[]): void {
  for (const name of names) Reflect.deleteProperty(directives, name);
}

/** Whether a directive is on, in any of the words systemd has for it. */
export function isOn(value: unknown): boolean {
  return ["string", "number", "boolean"].includes(typeof value) && !OFF.includes(String(value));
}

const OFF = ["", "no", "n", "false", "f", "0", "off"];
