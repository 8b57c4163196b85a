import { parseUnit, settingOf, type Directive } from "../systemd/unit-file.ts";

/** What makes systemctl(1) enable leave something behind; a section with `Also=` alone is never "enabled". */
const ENABLES = ["WantedBy", "RequiredBy", "UpheldBy", "Alias"];

/** Stopping these takes the host's sessions with it, the agent's own among them. */
export const SESSION_KEEPER =
  /^(dbus|dbus-broker|systemd-logind|user@.+|display-manager|gdm3?|sddm|lightdm)\.service$/;

/** `name@.service`: not a unit but the pattern of some; see systemd.unit(5). */
export const isTemplate = (name: string) => /@\.[a-z]+$/.test(name);

/** Ends by itself when its work is done, and is never "active". */
export const isJob = (directives: readonly Directive[]) =>
  settingOf(directives, "Service", "Type") === "oneshot" &&
  !["yes", "true", "1", "on"].includes(settingOf(directives, "Service", "RemainAfterExit") ?? "");

interface UnitWish {
  readonly name: string;
  /** Absent: the unit comes with a package. */
  readonly content?: string | undefined;
  readonly enabled?: boolean | undefined;
  readonly active?: boolean | undefined;
  readonly onChange: "restart" | "reload" | "none";
  readonly inputs?: readonly string[] | undefined;
}

/** What systemd would refuse, or do other than asked, and what would cut the operator off. */
export function faultsOfUnit(wish: UnitWish): string[] {
  const { name, content, enabled, active, onChange, inputs } = wish;
  const faults: string[] = [];
  if (name.startsWith("@")) faults.push("has a name that starts with @, which systemd refuses");
  if (isTemplate(name) && (enabled === true || active === true)) {
    faults.push(
      "is a template, which can't be enabled or active itself: declare an instance, such as name@one.service",
    );
  }
  if (SESSION_KEEPER.test(name) && (onChange === "restart" || active === false)) {
    faults.push(
      'would be stopped, which ends every session on the host, this one too: say onChange: "none" (takes effect at the next boot) or "reload", and leave active unset',
    );
  }
  if (content !== undefined) return [...faults, ...faultsOfFile({ ...wish, content })];
  if (isTemplate(name)) {
    faults.push("is a template whose file comes with a package: declare an instance of it instead");
  }
  if (enabled === undefined && active === undefined && inputs === undefined) {
    faults.push(
      "needs `content` or sections (`unit`, `service`, `timer`, `install`); or, where a package brings its file, at least one of `enabled`, `active` and `inputs`",
    );
  }
  return faults;
}

/** What is wrong with a unit's file, or with what is asked of it. */
function faultsOfFile({
  name,
  content,
  enabled,
  active,
  onChange,
}: UnitWish & { readonly content: string }): string[] {
  const directives = parseUnit(content);
  const faults: string[] = [];
  const isTimer = name.endsWith(".timer");
  const main = isTimer ? "Timer" : "Service";
  if (!directives.some((d) => d.section === main)) faults.push(`needs a [${main}] section`);
  if (
    enabled === true &&
    !directives.some((d) => d.section === "Install" && ENABLES.includes(d.name) && d.value !== "")
  ) {
    faults.push(
      "has enabled: true but nothing in [Install] says where (WantedBy=multi-user.target, for one), so systemd has nothing to enable",
    );
  }
  const type = settingOf(directives, "Service", "Type");
  if (active === true && isJob(directives)) {
    faults.push("has active: true but Type=oneshot without RemainAfterExit=yes is never active");
  }
  if (
    onChange === "reload" &&
    type !== "notify-reload" &&
    !settingOf(directives, "Service", "ExecReload")
  ) {
    faults.push(
      isTimer
        ? 'has onChange: "reload", but a timer can only be restarted'
        : 'has onChange: "reload" but neither ExecReload= nor Type=notify-reload, so systemd can\'t reload it',
    );
  }
  return faults;
}
