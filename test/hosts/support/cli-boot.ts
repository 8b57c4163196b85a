import { bootHost } from "./host.ts";

/** Boots one host to look at by hand; `--persistent` keeps its disk over reboots. Ends at Ctrl-C or SIGTERM. */
const stop = new Promise<void>((resolve) => {
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => resolve());
});
// A pending promise alone does not keep the process.
const alive = setInterval(() => undefined, 60_000);

const host = await bootHost({
  name: "manual",
  persistent: process.argv.includes("--persistent"),
  users: [
    { name: "admin", sudo: "nopasswd" },
    { name: "plain", sudo: "none" },
  ],
});
try {
  const { address, privateKeyPath, knownHostsFile, hostKeyFingerprint, rootDirectory } = host;
  process.stdout.write(
    `${JSON.stringify({
      name: host.name,
      address,
      port: host.port,
      users: ["root", "admin", "plain"],
      privateKeyPath,
      knownHostsFile,
      hostKeyFingerprint,
      rootDirectory,
      pid: process.pid,
      ssh: `ssh -F /dev/null -i ${privateKeyPath} -o UserKnownHostsFile=${knownHostsFile} root@${address}`,
    })}\n`,
  );
  await stop;
} finally {
  clearInterval(alive);
  await host.poweroff();
}
