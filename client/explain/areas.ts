import type { Pages } from "./page.ts";
import { accounts } from "./pages/accounts.ts";
import { agent } from "./pages/agent.ts";
import { build } from "./pages/build.ts";
import { commandLine } from "./pages/command-line.ts";
import { declaration } from "./pages/declaration.ts";
import { declaring } from "./pages/declaring.ts";
import { installation } from "./pages/installation.ts";
import { ledger } from "./pages/ledger.ts";
import { library } from "./pages/library.ts";
import { login } from "./pages/login.ts";
import { looking } from "./pages/looking.ts";
import { paths } from "./pages/paths.ts";
import { planFiles } from "./pages/plan-files.ts";
import { preflight } from "./pages/preflight.ts";
import { reaching } from "./pages/reaching.ts";
import { readiness } from "./pages/readiness.ts";
import { recovery } from "./pages/recovery.ts";
import { runs } from "./pages/runs.ts";
import { selection } from "./pages/selection.ts";
import { services } from "./pages/services.ts";
import { signatures } from "./pages/signatures.ts";
import { starting } from "./pages/starting.ts";
import { takingBack } from "./pages/taking-back.ts";
import { units } from "./pages/units.ts";
import { unitsUndone } from "./pages/units-undone.ts";

export interface Area {
  readonly title: string;
  readonly pages: Pages;
}

/** All pages, in the order in which they are listed. They are text to be read, so nothing but `explain` and `completion` loads them. */
export const AREAS: readonly Area[] = [
  { title: "The declaration", pages: declaration },
  { title: "Names, files and secrets of a declaration", pages: declaring },
  { title: "Services of a declaration", pages: services },
  { title: "Reaching a host", pages: reaching },
  { title: "Host keys and logins", pages: login },
  { title: "Installing the agent", pages: installation },
  { title: "Starting the agent", pages: starting },
  { title: "Talking to the agent", pages: agent },
  { title: "Plan files", pages: planFiles },
  { title: "Signatures, and what hosts demand", pages: signatures },
  { title: "Runs", pages: runs },
  { title: "Records of runs, and runs that were cut off", pages: recovery },
  { title: "Confirming and taking back", pages: takingBack },
  { title: "What HostKit manages", pages: ledger },
  { title: "Paths and documents", pages: paths },
  { title: "Plans that could not come true", pages: preflight },
  { title: "Readiness and secrets of a host", pages: readiness },
  { title: "Accounts and groups", pages: accounts },
  { title: "Units", pages: units },
  { title: "Units that are taken back", pages: unitsUndone },
  { title: "Audits and checkups", pages: looking },
  { title: "The command line", pages: commandLine },
  { title: "Parts of a declaration", pages: selection },
  { title: "The library", pages: library },
  { title: "Building HostKit", pages: build },
];
