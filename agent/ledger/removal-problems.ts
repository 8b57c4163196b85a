import type { ResourceId } from "../../shared/brands.ts";
import type { Diagnostic } from "../../shared/diagnostic.ts";
import type { Entry } from "./ledger.ts";

/** What stands in the way of a removal, in words for a person. */

const problem = (
  code: Diagnostic["code"],
  id: ResourceId,
  text: Pick<Diagnostic, "summary" | "detail">,
): Diagnostic => ({ severity: "error", side: "host", code, ...text, resource: id });

export function isProtected(id: ResourceId): Diagnostic {
  return problem("HK4052", id, {
    summary: "A protected resource is no longer declared.",
    detail: `${id} was declared with \`protect: true\`, which the host remembers: it is neither removed nor let go of. Nothing was changed. Declare it again; or, to give it up, push once with \`protect: false\` on it and then without it, or run \`hostkit forget --id ${id}\`.`,
  });
}

/** Reading it met a problem that has nothing to do with what is declared now. */
export function notRemovable({ detail, resource, ...found }: Diagnostic): Diagnostic {
  return {
    ...found,
    code: "HK4053",
    summary: "What is no longer declared can't be looked at.",
    detail: `${resource ?? "A resource"} is in the ledger and no longer declared, so it should be removed or let go of, but: ${detail} Put that right, or run \`hostkit forget --id\` with its id to leave it as it is.`,
    ...(resource === undefined ? {} : { resource }),
  };
}

export function notUnderstood(
  id: ResourceId,
  issue: { readonly path: readonly PropertyKey[]; readonly message: string } | undefined,
): Diagnostic {
  return problem("HK4056", id, {
    summary: "An entry of the ledger can't be understood.",
    detail: `The ledger has ${id}, which is no longer declared, and what it says of it is not what this agent knows (${issue?.path.map(String).join(".") ?? ""}: ${issue?.message ?? ""}). Nothing was changed. Use the hostkit that wrote it, declare it again, or run \`hostkit forget --id ${id}\`.`,
  });
}

export function ownedOtherwise(id: ResourceId): Diagnostic {
  return problem("HK4057", id, {
    summary: "The ledger moved after the plan was made.",
    detail: `${id} was to be removed or let go of, and meanwhile another run changed to whom it belongs, or protected it. Nothing was changed. Review a fresh plan.`,
  });
}

/** Resources named in one message. */
const NAMED = 20;

/** Things that another declaration managed so far. */
export function takenOver(owned: readonly Entry[]): Diagnostic[] {
  const [first] = owned;
  if (first === undefined) return [];
  const named = owned
    .slice(0, NAMED)
    .map(({ resource, owner }) => `  ${resource.id}: project ${owner.project}, host ${owner.host}`);
  const more = owned.length > NAMED ? [`  and ${owned.length - NAMED} more`] : [];
  return [
    {
      ...problem("HK4054", first.resource.id, {
        summary: "Another declaration manages this so far.",
        detail: `What this one declares belongs to another:\n${[...named, ...more].join("\n")}\nApplying this plan takes it over. Where both declare it, each push would undo the other.`,
      }),
      severity: "warning",
    },
  ];
}
