import { didYouMean } from "../../shared/nearest-name.ts";
import { EXIT } from "../cli/exit-code.ts";
import { cliFault } from "../cli/faults.ts";
import { isSchemaName, SCHEMA_NAMES, schemaOf } from "../schema/schemas.ts";
import type { Command } from "./command.ts";

/** Prints what the files and events that other programs read are made of. */
export const schema: Command = async ({ options, view }) => {
  const [name = ""] = options.words;
  if (!isSchemaName(name)) {
    throw cliFault(
      "HK5086",
      `There is no schema ${JSON.stringify(name)}.${didYouMean(name, SCHEMA_NAMES)} There are: ${SCHEMA_NAMES.join(", ")}.`,
    );
  }
  view.schema(name, schemaOf(name));
  return { exitCode: EXIT.ok, hosts: [] };
};
