import type { HostProgress } from "../operate/talk.ts";
import { scoreOf } from "../../shared/outcome.ts";
import { countHealth } from "../doctor/check.ts";
import { countDrift } from "../../shared/drift.ts";
import type { EventBody, EventName } from "./events.ts";
import { EVENTS_VERSION } from "./events-version.ts";
import { jsonText } from "./json-text.ts";
import { isDetail, noticeText } from "./notice-text.ts";
import type { Selection } from "../../shared/selection.ts";
import type { TextStream } from "./stream.ts";
import type { ArtifactShown, RenderedShown, View } from "./view.ts";

type Emit = <Name extends EventName>(event: Name, body: EventBody<Name>) => void;

/**
 * For programs: one JSON object for each line of stdout, each with a version and an event name, the last being
 * `summary`. Nothing else is ever written to stdout, and nothing at all to stderr. `events.ts` says what each has.
 */
export function createJsonView({ out }: { readonly out: TextStream }): View {
  const emit: Emit = (event, body) => {
    const text = jsonText({ version: EVENTS_VERSION, event, ...body }, { indent: 0 });
    out.write(`${text}\n`);
  };
  return {
    detail: () => {},
    notice: (target, notice) => {
      if (!isDetail(notice)) emit("warning", { message: noticeText(target, notice) });
    },
    warn: (message) => emit("warning", { message }),
    help: (text) => emit("help", { text }),
    diagnostics: (list, host) => {
      for (const diagnostic of list) emit("diagnostic", { ...about(host), ...diagnostic });
    },
    bug: (error, host) => {
      const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
      emit("bug", { ...about(host), message: "This is a bug in HostKit.", stack });
    },
    version: (version, runtime) => emit("version", { hostkit: version, runtime }),
    explanation: ({ title, host, see = [], ...page }) =>
      emit("explanation", {
        ...page,
        summary: title,
        host: host.text,
        exitCodes: host.exit,
        see,
      }),
    codes: (areas) => {
      for (const { title: area, pages } of areas) {
        for (const [code, { title: summary }] of Object.entries(pages))
          emit("code", { code, summary, area });
      }
    },
    completion: (shell, script) => emit("completion", { shell, script }),
    initialised: (path, next) => emit("initialised", { path, next }),
    checked: (result) => emit("checked", result),
    schema: (name, schema) => emit("schema", { name, schema: { ...schema } }),
    manifests: (list) => {
      for (const manifest of list) emit("manifest", { host: manifest.host, manifest });
    },
    rendered: (shown) => emit("rendered", renderedBody(shown)),
    facts: ({ host, label }, facts) => emit("facts", { host, label, facts }),
    plan: ({ host, label, plan, summary }) => emit("plan", { host, label, summary, plan }),
    artifact: (shown) => emit("artifact", artifactBody(shown)),
    saved: (shown) => emit("saved", artifactBody(shown)),
    audit: ({ host, label, findings, asDeclared, selection }) => {
      const summary = { ...countDrift(findings), asDeclared };
      emit("audit", { host, label, summary, ...part(selection), findings });
    },
    found: ({ host, label, found, selection }) =>
      emit("read", { host, label, ...part(selection), resources: found }),
    checks: ({ host, checks }) => {
      for (const { name, detail: _detail, ...check } of checks) {
        emit("check", { ...about(host), check: name, ...check });
      }
    },
    examined: (checks) => emit("doctor", { summary: countHealth(checks) }),
    outcome: ({ host, label, response }) => {
      emit("outcome", { host, label, outcome: response.outcome, fresh: response.fresh });
    },
    runs: ({ host, label }, list) => emit("runs", { host, label, runs: list }),
    run: ({ host, label, summary, plan, outcome }) =>
      emit("run", {
        host,
        label,
        run: summary,
        plan,
        outcome,
        predictions: outcome === null ? null : scoreOf(outcome),
      }),
    pruned: ({ host, label }, removed) => emit("pruned", { host, label, removed }),
    held: ({ host, label }, list) => emit("held", { host, label, held: list }),
    forgotten: ({ host, label }, ids) => emit("forgotten", { host, label, forgotten: ids }),
    progress: (host) => jsonProgress(host, emit),
    summary: (exitCode, hosts) => emit("summary", { exitCode, hosts }),
    close: () => {},
  };
}

/** What tells a plan file from others; its plan is an event of its own. */
function artifactBody({ host, label, file, artifact, verified }: ArtifactShown) {
  const { digest, hostkit, created, reach, secrets, signatures, manifest } = artifact;
  const { project } = manifest;
  const about = { host, label, file, digest, project, hostkit, created, reach, secrets };
  return { ...about, signatures, ...(verified === undefined ? {} : { verified }) };
}

/** What is no text is told by its size and digest: bytes are had without `--json`. A digest of what is masked would be of nothing. */
function renderedBody({ id, kind, hosts, bytes, isText, masked, sha256, notes }: RenderedShown) {
  const text = new TextDecoder("utf-8", { ignoreBOM: true });
  return {
    id,
    kind,
    hosts,
    masked,
    ...(isText ? { text: text.decode(bytes) } : {}),
    ...(masked ? {} : { size: bytes.length, sha256 }),
    notes,
  };
}

const part = (selection: Selection | undefined) => (selection === undefined ? {} : { selection });

const about = (host: string | null | undefined) => (typeof host === "string" ? { host } : {});

function jsonProgress(host: string | null, emit: Emit): HostProgress {
  let last = "";
  return {
    phase: (phase) => {
      // An upload reports itself many times; a reader is told ten times at most.
      const tenths = phase.name === "uploading" ? Math.floor(phase.fraction * 10) : undefined;
      const key = `${phase.name} ${tenths ?? ""}`;
      if (key === last) return;
      last = key;
      const how = tenths === undefined ? {} : { fraction: tenths / 10 };
      emit("phase", { ...about(host), phase: phase.name, ...how });
    },
    applying: (total) => emit("phase", { ...about(host), phase: "applying", changes: total }),
    step: ({ type, id }) => emit("step", { ...about(host), resource: id, state: type }),
    end: () => {},
  };
}
