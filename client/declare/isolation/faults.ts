import { basename } from "node:path";
import { didYouMean } from "../../../shared/nearest-name.ts";
import { type Argv, isArgv } from "../../../shared/systemd/argv.ts";
import type { Fault } from "../fault.ts";
import { CONFINING } from "./directives.ts";
import { isOn, type ServiceSection } from "./directives-made.ts";
import type { Isolation } from "./options.ts";
import { hiddenBy, HOMES } from "./paths.ts";
import { isWithin } from "./quoted-path.ts";

/** Of a daemon or job, what its confinement depends on. */
export interface Confined {
  /** `unit:api.service`. */
  readonly id: string;
  readonly isolate?: Isolation | undefined;
  /** The command, or all of them. */
  readonly exec: Argv | readonly Argv[];
  readonly workingDirectory?: string | undefined;
}

/** Programs that make code while they run and end at once where they may not. */
const COMPILES = ["node", "nodejs", "deno", "bun", "java", "dotnet", "luajit"];

type Found = Pick<Fault, "code" | "detail">;

interface Confinement {
  readonly isolate: Isolation;
  /** Directives that follow from it, and those given by name. */
  readonly service: ServiceSection;
  /** What it may write unless that is said. */
  readonly storage: readonly string[];
}

/** What can't work as it is declared, told before any host is met. */
export function faultsOf(unit: Confined, confinement: Confinement): Found[] {
  const { isolate, service } = confinement;
  return [
    ...unknownDirectives(unit, isolate),
    ...contradictions(unit, isolate, service),
    ...cantCompile(unit, service),
    ...outOfSight(unit, confinement),
  ];
}

function unknownDirectives({ id }: Confined, { directives = {} }: Isolation): Found[] {
  return Object.keys(directives)
    .filter((name) => !CONFINING.includes(name))
    .map((name) => {
      const meant =
        didYouMean(name, CONFINING) ||
        " What has nothing to do with isolation goes into `service` of the unit.";
      const detail = `\`isolate.directives\` of ${id} has ${name}, which systemd does not know as a directive that confines a service or limits what it uses.${meant}`;
      return { code: "HK1071", detail };
    });
}

function contradictions({ id }: Confined, isolate: Isolation, service: ServiceSection): Found[] {
  const { writable = [], readable = [], hidden = [], privileges } = isolate;
  const used: readonly string[] = [...writable, ...readable];
  const says = used
    .filter((path) => hidden.some((place) => isWithin(path, place)))
    .map((path) => `${path} is to be hidden and to be used. Leave it out of one of both.`);
  for (const path of hiddenBy(service).filter(
    (each) => HOMES.includes(each) && used.includes(each),
  )) {
    says.push(`${path} is hidden as a whole by the profile. Say \`home: "visible"\`.`);
  }
  if (privileges === true && isolate.systemCalls !== undefined) {
    says.push(
      "`privileges: true` and `systemCalls` exclude each other: systemd lets no program become root whose system calls are filtered. Keep one of them.",
    );
  }
  return says.map((text) => ({ code: "HK1075", detail: `\`isolate\` of ${id}: ${text}` }));
}

const commandsOf = ({ exec }: Confined): readonly Argv[] => (isArgv(exec) ? [exec] : exec);

function cantCompile(unit: Confined, service: ServiceSection): Found[] {
  if (!isOn(service["MemoryDenyWriteExecute"])) return [];
  return commandsOf(unit)
    .filter(({ argv }) => COMPILES.includes(basename(argv[0])) && !argv.includes("--jitless"))
    .map(({ argv: [program] }) => {
      const detail = `${unit.id} runs ${program}, which makes code while it runs: isolated as it is, without memory that can be written and executed, it would end at once. Say \`isolate: "web"\`, or \`isolate: { jit: true }\`.`;
      return { code: "HK1073", detail };
    });
}

function outOfSight(unit: Confined, { isolate, service, storage }: Confinement): Found[] {
  const { id, workingDirectory } = unit;
  const shown = [...(isolate.writable ?? storage), ...(isolate.readable ?? [])];
  const places = [...hiddenBy(service), ...(isolate.hidden ?? [])];
  const isSeen = (path: string) =>
    !places.some((place) => isWithin(path, place)) || shown.some((each) => isWithin(path, each));
  const used = [
    ...(workingDirectory === undefined ? [] : [{ what: "starts in", path: workingDirectory }]),
    ...commandsOf(unit).map(({ argv }) => ({ what: "runs", path: argv[0] })),
  ];
  return used
    .filter(({ path }) => path.startsWith("/") && !isSeen(path))
    .map(({ what, path }) => {
      const detail = `${id} ${what} ${path}, which it can't see: homes are hidden from it, /tmp is its own, and so is what \`hidden\` names. Name it in \`isolate: { readable: […] }\` or \`writable\`, or move it to a place such as /opt.`;
      return { code: "HK1074", detail };
    });
}
