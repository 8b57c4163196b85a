/** Settings of one level: of a project, of a service or of a resource. `true`: on, with what is set further up. */
export type Level<Settings> = Settings | boolean | undefined;

interface Attributed {
  readonly attributes?: Readonly<Record<string, unknown>> | undefined;
}

/** What holds at a level below another; `false`: nothing does. */
export function inherited<Settings extends Attributed>(
  above: Settings | false | undefined,
  own: Level<Settings>,
): Settings | false | undefined {
  if (own === undefined || own === false) return own ?? above;
  const base = above === false || above === undefined ? ({} as Settings) : above;
  if (own === true) return base;
  const attributes = { ...base.attributes, ...own.attributes };
  return {
    ...base,
    ...own,
    ...(Object.keys(attributes).length === 0 ? {} : { attributes }),
  };
}
