/** The public entry of the package: what a declaration imports. */
export { argv, type ArgumentOptions, type ArgumentValue } from "./argv.ts";
export type { ContentSource, Project } from "./declared.ts";
export type { DaemonOptions } from "./daemon.ts";
export type { Duration } from "../../shared/duration.ts";
export type { DocumentBuilder, DocumentBuilders, TemplateOptions } from "./document-builders.ts";
export type { Handle, Reference } from "./handle.ts";
export type { HostHandle, HostOptions } from "./host.ts";
export type { IsolateOptions } from "./isolation/options.ts";
export { fromFile, type LocalFile } from "./local-file.ts";
export { project, type ProjectOptions } from "./project.ts";
export type { JobOptions } from "./job.ts";
export type {
  Listener,
  ListenerOptions,
  PortListener,
  SocketListener,
} from "./listener-options.ts";
export type { BootstrapScope, HostScope, ProjectScope } from "./project-scope.ts";
export type { Options, ResourceBuilder, ResourceBuilders } from "./resource-builders.ts";
export {
  dotenv,
  type DocumentData,
  type DocumentMap,
  type DocumentSource,
  ini,
  json,
  toml,
  yaml,
} from "./document.ts";
export { redacted, type Redacted } from "./redacted.ts";
export { type GenerateOptions, secret } from "./secret.ts";
export { text, type TextTemplate } from "./text-template.ts";
export type { ScheduleOptions } from "./schedule.ts";
export type { ServiceOptions } from "./service.ts";
export type { ReleaseHandle, ReleaseOptions } from "./service-release.ts";
export type { ServiceHandle, ServiceScope } from "./service-scope.ts";
export type { Storage, StorageHandle, StorageOptions } from "./service-storage.ts";
export type { DaemonHandle } from "./service-units.ts";
export type { Argv } from "../../shared/systemd/argv.ts";
export type { Secret } from "../../shared/secret.ts";
export type { Kind } from "../../shared/resources/registry.ts";
