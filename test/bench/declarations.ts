/** Declarations of a given size; `salt` makes every content new. */

export function smallFiles(count: number, salt: string): string {
  return `import { project } from "hostkit";

export default project("bench", (p) => {
  p.host("app", { at: "app.example.com" });
  p.directory("/srv/bench");
  for (let i = 1; i < ${count}; i++) {
    p.file(\`/srv/bench/file-\${i}.conf\`, { content: \`# ${salt}\\nnumber = \${i}\\n\` });
  }
});
`;
}

/** What a host has in real life: a few of each kind, mostly files. */
export function mixed(count: number): string {
  return `import { argv, project } from "hostkit";

export default project("bench", (p) => {
  p.host("app", { at: "app.example.com" });
  for (let i = 0; i < ${count} / 10; i++) {
    p.group(\`group\${i}\`);
    p.account(\`user\${i}\`, { system: true, group: \`group\${i}\` });
    const directory = p.directory(\`/srv/mixed/\${i}\`, { owner: \`user\${i}\` });
    for (let j = 0; j < 5; j++) p.file(\`\${directory.path}/\${j}.conf\`, { content: \`\${i} \${j}\\n\` });
    p.symlink(\`/srv/mixed/current-\${i}\`, { to: directory });
    p.unit(\`bench\${i}.service\`, { service: { Type: "oneshot", ExecStart: argv("/bin/true") } });
  }
});
`;
}

/** Files of which a third are documents of every format, or the same texts as plain files. */
export function documents(count: number, as: "documents" | "plain files"): string {
  return `import { dotenv, ini, json, project, toml, yaml } from "hostkit";

const FORMATS = [dotenv, ini, json, toml, yaml];
const data = (i: number) => ({
  NAME: \`service-\${i}\`, PORT: 4000 + i, HOST: "127.0.0.1", DEBUG: "no",
  ...Object.fromEntries(Array.from({ length: 16 }, (_, n) => [\`KEY_\${n}\`, \`value \${n} of \${i}\`])),
});
const plain = (i: number) => Object.entries(data(i)).map((pair) => pair.join(" = ")).join("\\n");

export default project("bench-documents", (p) => {
  p.host("app", { at: "app.example.com" });
  for (let i = 0; i < ${count}; i++) {
    const content = ${as === "documents"} && i % 3 === 0 ? FORMATS[(i / 3) % 5]!(data(i)) : plain(i);
    p.file(\`/srv/bench-documents/\${i}\`, { content });
  }
});
`;
}
