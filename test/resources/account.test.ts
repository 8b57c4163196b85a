// The expectations of a case are run by the tests of the contract, which the rule can't see.
// oxlint-disable vitest/no-standalone-expect

import { describe, expect, test } from "vitest";
import { account } from "../../agent/resources/account.ts";
import { applySteps, cycle, read, resourceOf, stepFor } from "../contract/cycle.ts";
import { driverContract } from "../contract/driver.ts";
import { MemoryHost } from "../support/memory-host/memory-host.ts";

const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGann ann@laptop";
const OTHER = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGbob bob@desk";

const add = (host: MemoryHost, file: "passwd" | "group", line: string) =>
  host.put(`/etc/${file}`, `${host.text(`/etc/${file}`) ?? ""}${line}\n`);
const passwdOf = (host: MemoryHost, name: string) =>
  host.text("/etc/passwd")?.match(new RegExp(`^${name}:.*$`, "m"))?.[0];
const at = (host: MemoryHost, path: string) =>
  host.tree.find(path, { call: "stat", follow: "parents" });
const owned = (uid: number, mode: number) => ({ uid, gid: uid, mode });

/** ann, 1001, with a home; in `adm`. */
function ann(host: MemoryHost): void {
  add(host, "passwd", "ann:x:1001:1001::/home/ann:/bin/sh");
  add(host, "group", "ann:x:1001:");
  host.put("/etc/group", (host.text("/etc/group") ?? "").replace("adm:x:4:", "adm:x:4:ann"));
  host.tree.makeDirectory("/home/ann", owned(1001, 0o755));
}

function annWithKeys(text: string, { directory = 0o700, file = 0o600, uid = 1001 } = {}) {
  return (host: MemoryHost) => {
    ann(host);
    host.tree.makeDirectory("/home/ann/.ssh", owned(uid, directory));
    host.put("/home/ann/.ssh/authorized_keys", text, owned(uid, file));
  };
}

/** Instead of the line of ann, or besides. */
const withUser = (line: string) => (host: MemoryHost) =>
  host.put("/etc/passwd", `${(host.text("/etc/passwd") ?? "").replace(/^ann:.*\n/m, "")}${line}\n`);

driverContract({
  kind: "account",
  driver: account,
  many: (index) => ({ name: `user${index}`, groups: ["adm"], authorizedKeys: [KEY] }),
  spellings: [
    { name: "ann" },
    { name: "svc", system: true },
    { name: "svc", system: true, shell: "/bin/sh" },
    {
      name: "ann",
      uid: 0,
      group: { group: "staff" },
      groups: ["b", "a", { group: "c" }, "a"],
      home: { path: "/srv/ann" },
      shell: "/bin/zsh",
    },
    { name: "ann", groups: [], authorizedKeys: [] },
    {
      name: "ann$",
      authorizedKeys: [
        "  ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGann ann@laptop \n",
        'restrict,command="/bin/true # not a comment" ssh-rsa AAAAB3NzaC1yc2E= key',
        "sk-ssh-ed25519@openssh.com AAAAGnNr",
        "ecdsa-sha2-nistp256 AAAAE2Vj\tcomment",
      ],
    },
  ],
  cases: [
    {
      title: "a new account",
      desired: { name: "ann" },
      differs: "absent",
      leaves: (host) => {
        expect(passwdOf(host, "ann")).toBe("ann:x:1000:1000::/home/ann:/bin/sh");
        expect(at(host, "/home/ann")).toMatchObject({ type: "directory", uid: 1000 });
      },
    },
    {
      title: "a new account with everything declared",
      given: (host) => add(host, "group", "staff:x:50:"),
      desired: {
        name: "ann",
        uid: 1500,
        group: "staff",
        groups: ["users", "adm"],
        home: "/srv/people/ann",
        shell: "/bin/bash",
        authorizedKeys: [KEY, OTHER],
      },
      differs: "absent",
      leaves: (host) => {
        expect(passwdOf(host, "ann")).toBe("ann:x:1500:50::/srv/people/ann:/bin/bash");
        expect(host.text("/etc/group")).toMatch(/^adm:x:4:ann\n(.*\n)*users:x:100:ann$/m);
        expect(host.text("/srv/people/ann/.ssh/authorized_keys")).toBe(`${KEY}\n${OTHER}\n`);
        expect(at(host, "/srv/people/ann/.ssh")).toMatchObject({ uid: 1500, gid: 50, mode: 0o700 });
        expect(at(host, "/srv/people/ann/.ssh/authorized_keys")).toMatchObject({
          uid: 1500,
          gid: 50,
          mode: 0o600,
        });
      },
    },
    {
      title: "a new system account",
      desired: { name: "metrics", system: true },
      differs: "absent",
      leaves: (host) => {
        expect(passwdOf(host, "metrics")).toBe(
          "metrics:x:999:999::/home/metrics:/usr/sbin/nologin",
        );
        expect(at(host, "/home/metrics")).toBeUndefined();
      },
    },
    {
      title: "a new system account with keys, whose home is nowhere yet",
      desired: { name: "deploy", system: true, home: "/var/lib/app/deploy", authorizedKeys: [KEY] },
      differs: "absent",
      leaves: (host) => {
        expect(at(host, "/var/lib/app")).toMatchObject({ uid: 0, mode: 0o755 });
        expect(at(host, "/var/lib/app/deploy")).toMatchObject({ uid: 999, mode: 0o700 });
        expect(host.text("/var/lib/app/deploy/.ssh/authorized_keys")).toBe(`${KEY}\n`);
      },
    },
    {
      title: "a new account whose group is there already",
      given: (host) => add(host, "group", "ann:x:1234:"),
      desired: { name: "ann" },
      differs: "absent",
      leaves: (host) => expect(passwdOf(host, "ann")).toBe("ann:x:1000:1234::/home/ann:/bin/sh"),
    },
    {
      title: "a new account without keys",
      desired: { name: "ann", groups: [], authorizedKeys: [] },
      differs: "absent",
      leaves: (host) => expect(at(host, "/home/ann/.ssh")).toBeUndefined(),
    },
    {
      title: "an account of which everything differs",
      given: (host) => {
        annWithKeys(`${OTHER}\n`)(host);
        add(host, "group", "staff:x:50:");
      },
      desired: {
        name: "ann",
        uid: 1500,
        group: "staff",
        groups: ["users"],
        home: "/srv/ann",
        shell: "/bin/bash",
        authorizedKeys: [KEY],
      },
      differs: ["uid", "group", "home", "shell", "groups", "authorizedKeys"],
      leaves: (host) => {
        expect(passwdOf(host, "ann")).toBe("ann:x:1500:50::/srv/ann:/bin/bash");
        expect(host.text("/srv/ann/.ssh/authorized_keys")).toBe(`${KEY}\n`);
      },
    },
    {
      title: "an account of which only the name is declared",
      given: ann,
      desired: { name: "ann" },
      differs: [],
    },
    {
      title: "an account as declared",
      given: annWithKeys(`# from the wiki\n\n  ${KEY}  \n`),
      desired: {
        name: "ann",
        uid: 1001,
        group: "ann",
        groups: ["adm"],
        home: "/home/ann",
        shell: "/bin/sh",
        authorizedKeys: [KEY],
      },
      differs: [],
      leaves: (host) =>
        expect(host.text("/home/ann/.ssh/authorized_keys")).toContain("# from the wiki"),
    },
    {
      title: "another shell",
      given: ann,
      desired: { name: "ann", shell: "/bin/bash" },
      differs: ["shell"],
    },
    {
      title: "no groups any more",
      given: ann,
      desired: { name: "ann", groups: [] },
      differs: ["groups"],
    },
    {
      title: "the primary group among the groups",
      given: ann,
      desired: { name: "ann", group: "ann", groups: ["adm", "ann"] },
      differs: ["groups"],
    },
    {
      title: "a primary group that shares its gid with another name",
      given: (host) => {
        add(host, "group", "people:x:1001:");
        ann(host);
      },
      desired: { name: "ann", group: "ann" },
      differs: [],
    },
    {
      title: "one key more than declared",
      given: annWithKeys(`${KEY}\n${OTHER}\n`),
      desired: { name: "ann", authorizedKeys: [KEY] },
      differs: ["authorizedKeys"],
      leaves: (host) => expect(host.text("/home/ann/.ssh/authorized_keys")).toBe(`${KEY}\n`),
    },
    {
      title: "keys where none should be",
      given: annWithKeys(`${KEY}\n`),
      desired: { name: "ann", authorizedKeys: [] },
      differs: ["authorizedKeys"],
      leaves: (host) => expect(host.text("/home/ann/.ssh/authorized_keys")).toBe(""),
    },
    {
      title: "a key file that others may write, which sshd ignores",
      given: annWithKeys(`${KEY}\n`, { file: 0o666 }),
      desired: { name: "ann", authorizedKeys: [KEY] },
      differs: ["keyFile"],
      leaves: (host) =>
        expect(at(host, "/home/ann/.ssh/authorized_keys")).toMatchObject({ mode: 0o600 }),
    },
    {
      title: "a key directory that others may write, which sshd ignores",
      given: annWithKeys(`${KEY}\n`, { directory: 0o777 }),
      desired: { name: "ann", authorizedKeys: [KEY] },
      differs: ["keyFile"],
      leaves: (host) => expect(at(host, "/home/ann/.ssh")).toMatchObject({ mode: 0o700 }),
    },
    {
      title: "root's private key file in the user's home, which sshd can't read",
      given: annWithKeys(`${KEY}\n`, { uid: 0 }),
      desired: { name: "ann", authorizedKeys: [KEY] },
      differs: ["keyFile"],
      leaves: (host) => expect(at(host, "/home/ann/.ssh")).toMatchObject({ uid: 1001 }),
    },
    {
      title: "a readable key file that root keeps for the user",
      given: annWithKeys(`${KEY}\n`, { uid: 0, directory: 0o755, file: 0o644 }),
      desired: { name: "ann", authorizedKeys: [KEY] },
      differs: [],
    },
    {
      title: "a home that root links to another disk",
      given: (host) => {
        ann(host);
        host.tree.remove("/home/ann");
        host.tree.ensureDirectory("/srv/disk/ann", owned(1001, 0o755));
        host.tree.putSymlink("/home/ann", "/srv/disk/ann");
      },
      desired: { name: "ann", authorizedKeys: [KEY] },
      differs: ["authorizedKeys"],
      leaves: (host) => expect(host.text("/srv/disk/ann/.ssh/authorized_keys")).toBe(`${KEY}\n`),
    },
    {
      title: "a group that the manifest brings",
      given: (host) => add(host, "group", "later:x:3000:"),
      provided: ["group:later"],
      desired: { name: "ann", group: "later" },
      differs: "absent",
    },
  ],
  failures: [
    {
      title: "a group neither exists nor is declared",
      desired: { name: "ann", groups: ["docker"] },
      at: "read",
      code: "HK4203",
      says: ["the group docker", "Declare it"],
    },
    {
      title: "the uid belongs to another user",
      desired: { name: "ann", uid: 33 },
      at: "read",
      code: "HK4202",
      says: ["uid 33", "the user www-data has", "Declare another uid"],
    },
    {
      title: "the uid was taken after the plan",
      desired: { name: "ann", uid: 1500 },
      at: "apply",
      meanwhile: (host) => add(host, "passwd", "eve:x:1500:1500::/home/eve:/bin/sh"),
      code: "HK4202",
      says: ["the user eve has", "Nothing was changed"],
    },
    {
      title: "a directory service has the name",
      given: (host) => void host.accounts.elsewhere.add("ann"),
      desired: { name: "ann" },
      at: "apply",
      code: "HK4204",
      says: ["directory service", "LDAP", "manage it there"],
    },
    {
      title: "the group was removed after the plan",
      desired: { name: "ann", group: "users" },
      at: "apply",
      meanwhile: (host) => host.put("/etc/group", "root:x:0:\n"),
      code: "HK4203",
      says: ["group 'users' does not exist", "plan again"],
    },
    {
      title: "the user has running processes",
      given: (host) => {
        ann(host);
        host.accounts.busy.add("ann");
      },
      desired: { name: "ann", uid: 1500 },
      at: "apply",
      code: "HK4206",
      says: ["process 4711", "Stop them"],
    },
    {
      title: "the databases are locked",
      desired: { name: "ann" },
      at: "apply",
      meanwhile: (host) => void (host.accounts.locked = true),
      code: "HK4205",
      says: ["cannot lock /etc/passwd", "push again"],
    },
    {
      title: "a tool does not end",
      desired: { name: "ann" },
      at: "apply",
      meanwhile: (host) => void (host.accounts.hanging = true),
      code: "HK4209",
      says: ["ended by SIGKILL after at most 60 s", "none is damaged", "push again"],
    },
    {
      title: "a tool refuses for a reason of its own",
      given: (host) => void (host.accounts.strictNames = true),
      desired: { name: "ann$" },
      at: "apply",
      code: "HK4208",
      says: ["status 3", "use --badname to ignore", "Change what it names"],
    },
    {
      title: "the home can't be made",
      given: (host) => void host.tree.refusals.set("/home/ann", "ENOSPC"),
      desired: { name: "ann" },
      at: "apply",
      code: "HK4207",
      says: ["the account itself was written", "/home/ann"],
    },
    {
      title: "usermod is not installed",
      given: (host) => {
        ann(host);
        host.missing.add("usermod");
      },
      desired: { name: "ann", shell: "/bin/bash" },
      at: "apply",
      code: "HK4200",
      says: ["usermod", "Install it"],
    },
    {
      title: ".ssh is a link",
      given: (host) => {
        ann(host);
        host.tree.putSymlink("/home/ann/.ssh", "/root/.ssh");
      },
      desired: { name: "ann", authorizedKeys: [KEY] },
      at: "read",
      code: "HK4210",
      says: ["/home/ann/.ssh is a symbolic link to /root/.ssh", "Nothing was written"],
    },
    {
      title: "authorized_keys is a link",
      given: (host) => {
        ann(host);
        host.tree.makeDirectory("/home/ann/.ssh", owned(1001, 0o700));
        host.tree.putSymlink("/home/ann/.ssh/authorized_keys", "/etc/shadow");
      },
      desired: { name: "ann", authorizedKeys: [KEY] },
      at: "read",
      code: "HK4210",
      says: ["is a symbolic link to /etc/shadow", "Put it right"],
    },
    {
      title: "authorized_keys is a directory",
      given: (host) => {
        ann(host);
        host.tree.ensureDirectory("/home/ann/.ssh/authorized_keys", owned(1001, 0o700));
        host.tree.setMetadata("/home/ann/.ssh", owned(1001, 0o700));
      },
      desired: { name: "ann", authorizedKeys: [KEY] },
      at: "read",
      code: "HK4210",
      says: ["is not a regular file"],
    },
    {
      title: ".ssh belongs to somebody else",
      given: annWithKeys(`${KEY}\n`, { uid: 33 }),
      desired: { name: "ann", authorizedKeys: [KEY] },
      at: "read",
      code: "HK4210",
      says: ["belongs to uid 33", "neither to the account nor to root"],
    },
    {
      title: "the home is a link that the user made",
      given: (host) => {
        ann(host);
        host.tree.ensureDirectory("/home/ann/real", owned(1001, 0o700));
        host.tree.putSymlink("/home/ann/link", "/root");
        host.tree.reown("/home/ann", () => owned(1001, 0o777));
      },
      desired: { name: "ann", home: "/home/ann/link", authorizedKeys: [KEY] },
      at: "read",
      code: "HK4210",
      says: ["/home/ann/link is a symbolic link to /root"],
    },
    {
      title: "the account has no home to put keys in",
      desired: { name: "nobody", authorizedKeys: [KEY] },
      at: "read",
      code: "HK4210",
      says: ["/nonexistent", "declare another home"],
    },
    {
      title: "the home of a former user is in the place of the new one's",
      given: (host) => {
        host.tree.ensureDirectory("/home/ann/.ssh", owned(1777, 0o700));
        host.tree.setMetadata("/home/ann", owned(1777, 0o700));
      },
      desired: { name: "ann", authorizedKeys: [KEY] },
      at: "apply",
      code: "HK4210",
      says: ["/home/ann belongs to uid 1777"],
    },
    {
      title: "the user puts a link there after the plan",
      given: ann,
      desired: { name: "ann", authorizedKeys: [KEY] },
      at: "apply",
      meanwhile: (host) => host.tree.putSymlink("/home/ann/.ssh", "/root"),
      code: "HK4210",
      says: ["is a symbolic link to /root"],
    },
    {
      title: "the disk is full when the keys are written",
      given: (host) => {
        ann(host);
        host.tree.refusals.set("/home/ann/.ssh/authorized_keys", "ENOSPC");
      },
      desired: { name: "ann", authorizedKeys: [KEY] },
      at: "apply",
      code: "HK4020",
      says: ["ENOSPC", "Free space"],
    },
    {
      title: "the account is removed while its keys are to be written",
      given: ann,
      desired: { name: "ann", authorizedKeys: [KEY] },
      at: "apply",
      meanwhile: (host) => {
        // The keys of the plan are looked at last.
        const inspect = host.inspect.bind(host);
        host.inspect = (paths, options) => {
          host.put("/etc/passwd", "root:x:0:0:root:/root:/bin/bash\n");
          return inspect(paths, options);
        };
      },
      code: "HK4211",
      says: ["/etc/passwd has no ann"],
    },
  ],
  edits: [
    {
      title: "a user of somebody's",
      desired: { name: "ann", uid: 1500 },
      edit: withUser("ann:x:7777:100::/srv/mine:/bin/zsh"),
    },
    {
      title: "another shell",
      given: ann,
      desired: { name: "ann", shell: "/bin/bash" },
      edit: withUser("ann:x:1001:1001::/home/ann:/bin/zsh"),
    },
    {
      title: "another home and uid",
      given: ann,
      desired: { name: "ann", home: "/srv/ann", uid: 1500 },
      edit: withUser("ann:x:7777:1001::/srv/mine:/bin/sh"),
    },
    {
      title: "another primary group",
      given: ann,
      desired: { name: "ann", group: "users" },
      edit: withUser("ann:x:1001:4::/home/ann:/bin/sh"),
    },
    {
      title: "other groups",
      given: ann,
      desired: { name: "ann", groups: ["users"] },
      edit: (host) =>
        host.put(
          "/etc/group",
          (host.text("/etc/group") ?? "").replace(/^nogroup:.*$/m, "nogroup:x:65534:ann"),
        ),
    },
    {
      title: "its removal",
      given: ann,
      desired: { name: "ann", shell: "/bin/bash" },
      edit: (host) =>
        host.put("/etc/passwd", (host.text("/etc/passwd") ?? "").replace(/^ann:.*\n/m, "")),
    },
    {
      title: "other keys",
      given: annWithKeys(`${OTHER}\n`),
      desired: { name: "ann", authorizedKeys: [KEY] },
      edit: (host) =>
        host.put("/home/ann/.ssh/authorized_keys", "ssh-ed25519 AAAAmine\n", owned(1001, 0o600)),
    },
    {
      title: "first keys",
      given: ann,
      desired: { name: "ann", authorizedKeys: [KEY] },
      edit: (host) => {
        host.tree.ensureDirectory("/home/ann/.ssh", owned(1001, 0o700));
        host.put("/home/ann/.ssh/authorized_keys", "ssh-ed25519 AAAAmine\n", owned(1001, 0o600));
      },
    },
  ],
});

describe("accounts on a host", () => {
  test("a password never opens a new account, and its lock does not keep keys out", async () => {
    const host = new MemoryHost();
    await cycle(account, [resourceOf("account", { name: "ann" })], { host });
    // `!` would be the lock that sshd without PAM honours for keys too.
    expect(host.text("/etc/shadow")).toContain("ann:*:");
  });

  test("passwords of accounts that exist are left alone", async () => {
    const host = new MemoryHost();
    ann(host);
    host.put("/etc/shadow", "ann:$y$hash:20000:0:99999:7:::\n");
    await cycle(account, [resourceOf("account", { name: "ann", shell: "/bin/bash", uid: 1500 })], {
      host,
    });
    expect(host.text("/etc/shadow")).toBe("ann:$y$hash:20000:0:99999:7:::\n");
  });

  test("nothing of the link's target is changed, whatever the refusal", async () => {
    const host = new MemoryHost();
    ann(host);
    host.put("/root/.ssh/authorized_keys", "root's own\n");
    const resource = resourceOf("account", { name: "ann", authorizedKeys: [KEY] });
    const [reading] = await read(account, [resource], { host });
    const step = reading && stepFor(resource, reading);
    host.tree.putSymlink("/home/ann/.ssh", "/root/.ssh");
    const before = host.digest();
    await expect(applySteps(account, step ? [step] : [], host)).rejects.toThrow("HK4210");
    expect(host.digest()).toBe(before);
  });

  test("two accounts of one batch may need each other's groups", async () => {
    const host = new MemoryHost();
    const resources = [
      resourceOf("account", { name: "ann" }),
      resourceOf("account", { name: "bob", group: "ann", groups: ["adm"] }),
    ];
    await cycle(account, resources, { host, provided: ["group:ann"] });
    expect(passwdOf(host, "bob")).toBe("bob:x:1001:1000::/home/bob:/bin/sh");
  });
});
