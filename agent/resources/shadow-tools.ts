import { type Diagnostic, HostKitError } from "../../shared/diagnostic.ts";
import type { ResourceId } from "../../shared/brands.ts";
import { type CommandResult, type Host, HostFault } from "../host/host.ts";
import type { Names } from "../host/names.ts";

type Tool = "useradd" | "usermod" | "userdel" | "groupadd" | "groupmod" | "groupdel";

export interface ShadowCommand {
  readonly id: ResourceId;
  readonly argv: readonly [Tool, ...string[]];
  /** The user or group the tool is to make or change. */
  readonly name: string;
  /** The number asked for, if any. */
  readonly number?: number | undefined;
  /** What was known when the command was made, to say who stands in the way. */
  readonly names: Names;
  /** Unset: to make a change. */
  readonly goal?: "undo";
}

/** Milliseconds. The tools wait up to 15 s for each lock themselves; see lckpwdf(3). */
const TIMEOUT = 60_000;

/** Runs a tool of the shadow suite; what it refuses becomes a `HostKitError` that says why and what to do. */
export async function runShadow(host: Host, command: ShadowCommand): Promise<void> {
  let result: CommandResult;
  try {
    result = await host.run(command.argv, { timeout: TIMEOUT });
  } catch (error) {
    if (!(error instanceof HostFault)) throw error;
    throw new HostKitError(toolMissing(command, error), { cause: error });
  }
  if (result.status !== 0) throw new HostKitError(refusal(command, result, host));
}

/** Lines of a tool's message that are passed on. */
const SAID_LINES = 3;

const problem = (
  id: ResourceId,
  code: Diagnostic["code"],
  text: Pick<Diagnostic, "summary" | "detail">,
): Diagnostic => ({ severity: "error", side: "host", code, ...text, resource: id });

/** What a person does once the way is free. */
const again = ({ goal }: Pick<ShadowCommand, "goal">) =>
  goal === "undo" ? "roll back again" : "push again";

function toolMissing({ id, argv }: ShadowCommand, fault: HostFault): Diagnostic {
  return problem(id, "HK4200", {
    summary: "The host can't run the tool that manages accounts.",
    detail: `${id} needs ${argv[0]}(8), which could not be run on the host (${fault.code}), so nothing was changed. Install it: the package is called passwd on Debian and Ubuntu, shadow-utils on Fedora, shadow on Alpine.`,
  });
}

/** The exit statuses that the tools share, except for 8, which groupdel(8) uses in a way of its own. */
function refusal(command: ShadowCommand, result: CommandResult, host: Host): Diagnostic {
  const { id, argv } = command;
  const tool = argv[0];
  // The rest of a usage message helps nobody.
  const said =
    result.stderr.trim().split("\n").slice(0, SAID_LINES).join(" ").replace(/\.$/, "") || "nothing";
  if (result.status === null) {
    return problem(id, "HK4209", {
      summary: "An account tool did not finish.",
      detail: `${id}: ${tool} was ended by ${result.signal ?? "a signal"} after at most ${TIMEOUT / 1000} s; it said: ${said}. It writes each database in one step, so none is damaged, but some may be changed and others not. Look for what holds it up (a directory service that does not answer is common), then ${again(command)}.`,
    });
  }
  if (/cannot lock/.test(said)) {
    const detail =
      host.uid === 0
        ? `Another program (a package installation, vipw, another run) keeps a lock, or one that ended badly left a lock file such as /etc/passwd.lock. Wait for it or remove the lock file, then ${again(command)}.`
        : `The agent runs as uid ${host.uid}, and only root may change accounts. Connect as root, or with sudo.`;
    return problem(id, "HK4205", {
      summary: "The account databases are locked.",
      detail: `${id}: ${tool} could not lock them and changed nothing; it said: ${said}. ${detail}`,
    });
  }
  switch (result.status) {
    case 4:
      return taken(command);
    case 6:
      return problem(id, "HK4203", {
        summary: "A user or group that an account needs does not exist.",
        detail: `${id}: ${tool} changed nothing and said: ${said}. ${command.goal === "undo" ? "Something removed it after the run. Put it back, then roll back again." : "Something removed it after the plan was made; plan again."}`,
      });
    case 8:
      return tool === "groupdel" ? stillPrimary(command, said) : inUse(command, said);
    case 9:
      return problem(id, "HK4204", {
        summary: "The name belongs to an account from elsewhere.",
        detail: `${id}: ${tool} changed nothing and said: ${said}. The local databases have no such entry, so the name comes from a directory service (see nsswitch.conf(5); LDAP, for one), which HostKit does not change. Choose another name, or manage it there.`,
      });
    case 12:
      return problem(id, "HK4207", {
        summary: "The home directory could not be made.",
        detail: `${id}: the account itself was written, its home directory was not; ${tool} said: ${said}. Make room for the home directory, then ${again(command)}.`,
      });
    default:
      return problem(id, "HK4208", {
        summary: "An account tool refused.",
        detail: `${id}: \`${argv.join(" ")}\` ended with status ${result.status} and said: ${said}. Change what it names, then ${again(command)}.`,
      });
  }
}

function inUse(command: ShadowCommand, said: string): Diagnostic {
  const { id, argv, name } = command;
  const refused =
    argv[0] === "userdel"
      ? "does not remove a user who has running processes"
      : "changes neither uid nor home of a user who has running processes";
  return problem(id, "HK4206", {
    summary: "The account is in use.",
    detail: `${id}: ${argv[0]} ${refused}, and changed nothing; it said: ${said}. Stop them (loginctl terminate-user ${name}, or the service that runs as ${name}), then ${again(command)}.`,
  });
}

function stillPrimary(command: ShadowCommand, said: string): Diagnostic {
  const { id, name, names } = command;
  const gid = names.groups.get(name)?.gid;
  const users = [...names.users.values()].filter((user) => user.gid === gid);
  const whose = users.map((user) => user.name).join(", ") || "somebody";
  return problem(id, "HK4220", {
    summary: "The group can't be removed while it is a user's primary group.",
    detail: `${id} ${command.goal === "undo" ? "was made by the run and should go again" : "is no longer declared and should be removed"}, but it has become the primary group of ${whose}; groupdel said: ${said}. It was left as it is. Give ${whose} another primary group (usermod --gid), then ${again(command)}.`,
  });
}

function taken({ id, argv, number, names, goal }: ShadowCommand): Diagnostic {
  const isUser = argv[0].startsWith("user");
  return idTaken({
    id,
    number: number ?? -1,
    goal,
    what: isUser ? "uid" : "gid",
    holder: isUser ? names.userName(number ?? -1) : names.groupName(number ?? -1),
  });
}

/** Also a problem of planning, where the holder is known already. */
export function idTaken(clash: {
  readonly id: ResourceId;
  readonly what: "uid" | "gid";
  readonly number: number;
  readonly holder: string;
  readonly goal?: "undo" | undefined;
}): Diagnostic {
  const { id, what, number, holder, goal } = clash;
  const by =
    holder === String(number)
      ? "somebody who is not in the local databases"
      : `the ${what === "uid" ? "user" : "group"} ${holder}`;
  const detail =
    goal === "undo"
      ? `${id} had ${what} ${number} before the run, which ${by} has on the host by now; two names for one number would share all files. The ${what} was left as it is. Move the other one away, then roll back again.`
      : `${id} should have ${what} ${number}, which ${by} has on the host already; two names for one number would share all files. Nothing was changed. Declare another ${what}, or move the other one away first.`;
  return what === "uid"
    ? problem(id, "HK4202", { summary: "The uid is taken.", detail })
    : problem(id, "HK4201", { summary: "The gid is taken.", detail });
}

export function unknownGroup(id: ResourceId, group: string): Diagnostic {
  return problem(id, "HK4203", {
    summary: "A user or group that an account needs does not exist.",
    detail: `${id} should be in the group ${group}, which neither exists on the host nor is declared. Declare it with group(…), or leave it out.`,
  });
}

/** An undo finds what is neither as before the run nor as the run left it: somebody else's, and left alone. */
export function changedMeanwhile(id: ResourceId, what: string): HostKitError {
  return new HostKitError(
    problem(id, "HK4222", {
      summary: "An account or a group was changed by somebody else after the run.",
      detail: `${id} can't be taken back as a whole: ${what}. That was left as it is. Look at it on the host, and put it right by hand if it should be as before.`,
    }),
  );
}
