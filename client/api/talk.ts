import type { Diagnostic } from "../../shared/diagnostic.ts";
import type { HostProgress, Notice, Talk } from "../operate/talk.ts";
import type { HostKitListener, HostKitEvent } from "./events.ts";

/** Turns what work on a host says into events. */
export function talkTo(onEvent: HostKitListener): Talk {
  return {
    progress: (host) => progressOf(host ?? "", onEvent),
    notice: ({ name }, notice) => onEvent(eventOf(name, notice)),
  };
}

export function tellDiagnostics(
  host: string,
  diagnostics: readonly Diagnostic[],
  onEvent: HostKitListener,
): void {
  for (const diagnostic of diagnostics) onEvent({ type: "diagnostic", host, diagnostic });
}

/** A listener that fails is no reason to leave a host in the middle of its work. */
export function guarded(listener: HostKitListener | undefined): HostKitListener {
  return (event) => {
    try {
      listener?.(event);
    } catch (error) {
      const warning = error instanceof Error ? error : new Error(String(error));
      process.emitWarning(warning);
    }
  };
}

function progressOf(host: string, onEvent: HostKitListener): HostProgress {
  let last = "";
  return {
    phase: (phase) => {
      if (phase.name === "uploading") {
        onEvent({ type: "upload", host, fraction: phase.fraction });
      } else if (phase.name !== last && phase.name !== "applying") {
        onEvent({ type: "phase", host, phase: phase.name });
      }
      last = phase.name;
    },
    applying: (changes) => onEvent({ type: "applying", host, changes }),
    step: ({ type, id }) => onEvent({ type: "step", host, resource: id, state: type }),
    end: () => undefined,
  };
}

function eventOf(host: string, notice: Notice): HostKitEvent {
  switch (notice.type) {
    case "connected": {
      const { label, hello } = notice;
      return { type: "connected", host, label, machineId: hello.machineId, os: hello.os.name };
    }
    case "cut-off":
      return { type: "settling", host, run: notice.run };
    case "settled": {
      const { verdict } = notice.response.outcome;
      return { type: "settled", host, run: notice.run, verdict };
    }
    case "lost":
      return { type: "connection-lost", host, why: notice.why };
    case "stopping":
    case "confirming":
    case "confirmed":
    case "unconfirmed":
      return { ...notice, host };
  }
}
