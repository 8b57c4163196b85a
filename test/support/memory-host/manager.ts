import { UPTIME } from "./base.ts";
import type { Behaviour } from "./behaviour.ts";
import type { Tree } from "./tree.ts";
import {
  enablementOf,
  installLinks,
  linksTo,
  loadUnit,
  removeLink,
  settingOf,
  type UnitOnDisk,
} from "./unit-files.ts";

/** The answer of a job that does not end. */
export const HANGS = Symbol("hangs");

/** A unit as the manager knows it. */
export interface Unit {
  disk: UnitOnDisk;
  enablement: string;
  active: string;
  sub: string;
  result: string;
  restarts: number;
  code: string;
  status: string;
  invocation: string;
  /** What it runs with: the text that was loaded when it was started. */
  running: string | undefined;
  looks: number;
  /** Microseconds after boot. */
  activeSince: number;
}

/** systemd's manager: what it has in memory of the units on the disk, and what it does with them. */
export class MemorySystemd {
  readonly #tree: Tree;
  readonly #memory = new Map<string, Unit>();
  readonly #behaviours = new Map<string, Behaviour>();
  readonly #journal: {
    readonly name: string;
    readonly invocation: string;
    readonly line: string;
  }[] = [];
  #invocations = 0;
  /** Jobs in the order in which they were carried out: `start db.service`. */
  readonly jobs: string[] = [];
  reloads = 0;
  /** `none`: another init runs the host. */
  availability: "running" | "none" = "running";

  constructor(tree: Tree) {
    this.#tree = tree;
  }

  behave(name: string, behaviour: Behaviour): void {
    this.#behaviours.set(name, behaviour);
  }

  log(name: string, ...lines: readonly string[]): void {
    const { invocation } = this.unit(name);
    this.#journal.push(...lines.map((line) => ({ name, invocation, line })));
  }

  journalOf(name: string): readonly string[] {
    return this.#journal.filter((entry) => entry.name === name).map(({ line }) => line);
  }

  /** What one start of a unit wrote. */
  journalSince(invocation: string): readonly string[] {
    return this.#journal.filter((entry) => entry.invocation === invocation).map(({ line }) => line);
  }

  /** Puts a unit in a state without a job, as if it had come there earlier. */
  settle(name: string, active: "active" | "failed" | "activating" | "inactive"): void {
    const unit = this.unit(name);
    unit.active = active;
    unit.sub = SUB[active];
    unit.running = active === "active" ? unit.disk.text : undefined;
    unit.invocation = active === "inactive" ? "" : this.#invocation();
    if (active === "failed") unit.result = "exit-code";
    this.#memory.set(name, unit);
  }

  /** As if Restart= had started a running unit again, `ago` seconds before now. */
  startAgain(name: string, { ago }: { readonly ago: number }): void {
    const unit = this.unit(name);
    unit.restarts += 1;
    unit.activeSince = (UPTIME - ago) * 1_000_000;
  }

  /** The text a running unit was started with. */
  runningText(name: string): string | undefined {
    return this.#memory.get(name)?.running;
  }

  /** What would be seen of the manager from outside. */
  describe(): string[] {
    return [...this.#memory]
      .filter(([, unit]) => unit.active !== "inactive")
      .map(([name, unit]) => `${name} ${unit.active} with ${JSON.stringify(unit.running ?? "")}`)
      .toSorted();
  }

  inMemory = (): string[] => [...this.#memory.keys()];

  /** The unit as the manager shows it now; time goes by between two looks. */
  look(name: string): { readonly unit: Unit; readonly needsReload: boolean } {
    const unit = this.unit(name);
    this.#age(unit);
    const { fragment, version } = unit.disk;
    // Only the file it was read from is compared, not one that came to stand before it.
    const node =
      fragment === "" ? undefined : this.#tree.find(fragment, { call: "stat", follow: "last" });
    const now = node?.type === "file" ? node.version : 0;
    return { unit, needsReload: fragment !== "" && version !== now };
  }

  /** The unit as the manager knows it; what it has not in memory it reads from the disk for the occasion. */
  unit(name: string): Unit {
    const known = this.#memory.get(name);
    if (known !== undefined) return known;
    const disk = loadUnit(this.#tree, name);
    const alias = disk.id === name ? undefined : this.#memory.get(disk.id);
    return (
      alias ?? {
        disk,
        enablement: enablementOf(this.#tree, disk),
        active: "inactive",
        sub: "dead",
        result: "success",
        restarts: 0,
        code: "0",
        status: "0",
        invocation: "",
        running: undefined,
        looks: 0,
        activeSince: 0,
      }
    );
  }

  /** daemon-reload. */
  reload(): void {
    this.reloads += 1;
    for (const [name, unit] of this.#memory) {
      const disk = loadUnit(this.#tree, name);
      const enablement = enablementOf(this.#tree, disk);
      // What neither runs, nor failed, nor is wanted by anything, systemd forgets.
      if (unit.active === "inactive" && enablement !== "enabled") this.#memory.delete(name);
      else this.#memory.set(name, { ...unit, disk, enablement });
    }
    for (const [path] of this.#tree.walk()) {
      const name = /\.(?:wants|requires)\/([^/]+)$/.exec(path)?.[1];
      if (name !== undefined && !this.#memory.has(name)) this.#memory.set(name, this.unit(name));
    }
  }

  /** Makes or removes the links of an [Install] section. */
  install(verb: "enable" | "disable", { id, text }: UnitOnDisk): void {
    if (verb === "disable") {
      for (const path of linksTo(this.#tree, id)) {
        if (path.startsWith("/etc/")) removeLink(this.#tree, path);
      }
      return;
    }
    for (const [path, target] of installLinks(id, text)) {
      this.#tree.ensureDirectory(path.slice(0, path.lastIndexOf("/")));
      this.#tree.putSymlink(path, target);
    }
  }

  /** Carries out a job; gives what systemctl says when it fails. */
  job(
    verb: "start" | "stop" | "restart" | "reload",
    name: string,
  ): string | typeof HANGS | undefined {
    const unit = this.unit(name);
    const { loadState, text, id } = unit.disk;
    const mayStop = verb === "stop" && this.#memory.has(name);
    if ((loadState === "not-found" && !mayStop) || (loadState !== "loaded" && verb !== "stop")) {
      return `Failed to ${verb} ${name}: Unit ${name} ${REFUSED[loadState]}.`;
    }
    this.jobs.push(`${verb} ${name}`);
    if (verb === "reload") {
      if (settingOf(text, "Service", "ExecReload") === undefined) {
        return `Failed to reload ${name}: Job type reload is not applicable for unit ${name}.`;
      }
      if (unit.active !== "active") return `${name} is not active, cannot reload.`;
      if (this.#behaviours.get(id)?.reload === "fails") return `Job for ${name} failed.`;
      unit.running = text;
      return undefined;
    }
    this.#memory.set(id, unit);
    if (verb !== "start") this.#halt(unit);
    if (verb === "stop" && this.#behaviours.get(id)?.stop === undefined) return undefined;
    return this.#launch(unit);
  }

  resetFailed(name: string): string | undefined {
    const unit = this.#memory.get(name);
    if (unit === undefined) {
      return `Failed to reset failed state of unit ${name}: Unit ${name} not loaded.`;
    }
    unit.restarts = 0;
    if (unit.active === "failed") {
      Object.assign(unit, { active: "inactive", sub: "dead", result: "success" });
    }
    return undefined;
  }

  #age(unit: Unit): void {
    const behaviour = this.#behaviours.get(unit.disk.id);
    if (unit.active === "inactive" || unit.active === "failed" || ++unit.looks < 2) return;
    if (behaviour?.start === "flaps") {
      unit.restarts += 1;
      unit.invocation = this.#invocation();
    }
    if (behaviour?.start !== "dies" && behaviour?.start !== "loops") return;
    if (behaviour.start === "loops" && unit.sub === "auto-restart") {
      Object.assign(unit, { active: "active", sub: "running", activeSince: JUST_NOW });
      return;
    }
    unit.code = "1";
    unit.status = String(behaviour.status ?? 1);
    unit.running = undefined;
    if (behaviour.start === "dies") {
      unit.active = unit.sub = "failed";
      unit.result = "exit-code";
    } else {
      unit.active = "activating";
      unit.sub = "auto-restart";
      unit.restarts += 1;
      unit.invocation = this.#invocation();
    }
  }

  #halt(unit: Unit): void {
    Object.assign(unit, { active: "inactive", sub: "dead", running: undefined, restarts: 0 });
  }

  #launch(unit: Unit): string | typeof HANGS | undefined {
    const { id, text } = unit.disk;
    if (unit.active === "active") return undefined;
    const fresh = {
      result: "success",
      code: "0",
      status: "0",
      restarts: 0,
      looks: 0,
      activeSince: JUST_NOW,
    };
    const required = settingOf(text, "Unit", "Requires")?.split(/\s+/) ?? [];
    for (const name of required) {
      const other = this.unit(name);
      this.#memory.set(name, other);
      if (other.active === "active" || this.#launch(other) === undefined) continue;
      return `A dependency job for ${id} failed. See 'journalctl -xe' for details.`;
    }
    if (id.endsWith(".timer")) {
      const service = settingOf(text, "Timer", "Unit") ?? id.replace(/\.timer$/, ".service");
      if (this.unit(service).disk.loadState !== "loaded") {
        return 'Job failed. See "journalctl -xe" for details.';
      }
    }
    const behaviour = this.#behaviours.get(id) ?? { start: "runs" };
    Object.assign(unit, fresh, { invocation: this.#invocation(), running: text });
    switch (behaviour.start) {
      case "runs":
      case "dies":
      case "loops":
      case "flaps":
        unit.active = "active";
        unit.sub = id.endsWith(".timer") ? "waiting" : "running";
        return undefined;
      case "ends":
        this.#halt(unit);
        return undefined;
      case "hangs":
        unit.active = "activating";
        unit.sub = "start";
        return HANGS;
      case "fails":
        Object.assign(unit, {
          active: "failed",
          sub: "failed",
          running: undefined,
          result: behaviour.result ?? "exit-code",
          code: "1",
          status: String(behaviour.status ?? 1),
        });
        return `Job for ${id} failed because the control process exited with error code.\nSee "systemctl status ${id}" and "journalctl -xeu ${id}" for details.`;
    }
  }

  #invocation(): string {
    return String(++this.#invocations).padStart(32, "0");
  }
}

const SUB = { active: "running", failed: "failed", activating: "auto-restart", inactive: "dead" };

const JUST_NOW = (UPTIME - 1) * 1_000_000;

const REFUSED = {
  loaded: "",
  masked: "is masked",
  "bad-setting": "has a bad unit file setting",
  "not-found": "not found",
} as const;
