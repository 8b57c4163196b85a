import { readdirSync } from "node:fs";
import { resolve } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createOperator, type Operator } from "../support/cli.ts";
import type { TestHost } from "./support/host.ts";
import { describeHosts } from "./support/requirements.ts";
import { sharedHost } from "./support/shared-host.ts";

/** What each example promises, checked with plain commands; an example without a check here is a failure. */
type Check = (remote: (command: string) => Promise<string>) => Promise<void>;

const CHECKS: Readonly<Record<string, Check>> = {
  motd: async (remote) => {
    expect(await remote("cat /etc/motd")).toBe("This host is declared with HostKit.\n");
    expect(await remote("stat -c '%a %U %G' /etc/motd")).toBe("644 root root\n");
  },

  // Here its declaration alone; its script is run in api.test.ts.
  "api-script": async (remote) => {
    expect(await remote("cat /srv/deployed/by")).toBe("A program.\n");
  },

  "full-host": async (remote) => {
    expect(await remote("systemctl is-active api.service maintenance-backup.timer")).toBe(
      "active\nactive\n",
    );
    expect(await remote("systemctl is-enabled api.service maintenance-backup.timer")).toBe(
      "enabled\nenabled\n",
    );
    const get = `perl -MIO::Socket::INET -e 'my $s = IO::Socket::INET->new("127.0.0.1:4000"); print $s "GET /health HTTP/1.0\\r\\n\\r\\n"; print <$s>'`;
    expect(await remote(get)).toContain("200 OK");
    expect(await remote("readlink /opt/api/current")).toBe("releases/1.0.0\n");
    expect(await remote("stat -c '%a %U %G' /srv/apps/api /etc/apps/api /etc/apps/api/*")).toBe(
      "750 api api\n750 root api\n640 root api\n640 root api\n640 root api\n",
    );
    expect(await remote("cat /etc/apps/api/app.ini")).toBe(
      "APP_NAME=Example API\n\n[server]\nHTTP_ADDR=127.0.0.1\nHTTP_PORT=4000\n",
    );
    expect(await remote("wc -l </srv/apps/api/starts")).toBe("1\n");
    expect(await exposureOf("api.service", remote)).toBeLessThanOrEqual(2);
    await remote("systemctl start maintenance-backup.service");
    expect(await remote("tar -tzf /srv/apps/maintenance/backups/*.tar.gz | sort")).toBe(
      "./\n./starts\n",
    );
    expect(await remote("cat /etc/systemd/journald.conf.d/50-hostkit.conf")).toContain(
      "SystemMaxUse=512M",
    );
    // Somebody sets what is redacted: it stays, and is no difference.
    await remote("echo 'JWT_SECRET=set-by-the-service' >>/etc/apps/api/app.ini");
  },

  "hello-service": async (remote) => {
    expect(await remote("systemctl is-active hello.service hello-rotate.timer")).toBe(
      "active\nactive\n",
    );
    expect(await remote("systemctl is-enabled hello.service hello-rotate.timer")).toBe(
      "enabled\nenabled\n",
    );
    expect(await remote("stat -c '%a %U %G' /var/lib/hello /etc/hello/hello.conf")).toBe(
      "2750 hello hello-readers\n640 root hello\n",
    );
    expect(await remote("ps -o user= -C hello | sort -u")).toBe("hello\n");
    const log =
      "for i in $(seq 50); do test -s /var/lib/hello/hello.log && break; sleep 0.1; done;";
    expect(await remote(`${log} head -n 1 /var/lib/hello/hello.log`)).toContain(
      "Hello from HostKit",
    );
    await remote("systemctl start hello-rotate.service && test -e /var/lib/hello/hello.log.old");
    expect(await remote("systemctl --failed --no-legend | wc -l")).toBe("0\n");
  },

  "timers-and-jobs": async (remote) => {
    expect(
      await remote("systemctl is-enabled notes.service notes-backup.timer notes-tidy.timer"),
    ).toBe("enabled\nenabled\nenabled\n");
    expect(
      await remote("systemctl is-active notes.service notes-backup.timer notes-tidy.timer"),
    ).toBe("active\nactive\nactive\n");
    expect(await remote("systemctl show notes-backup.timer -P TimersCalendar")).toContain(
      "OnCalendar=*-*-* 02:30:00",
    );
    expect(await remote("readlink /opt/notes/current; cat /opt/notes/current/VERSION")).toBe(
      "releases/1.0.0\n1.0.0\n",
    );
    const note =
      "for i in $(seq 50); do test -s /var/lib/notes/notes.txt && break; sleep 0.1; done;";
    expect(await remote(`${note} head -n 1 /var/lib/notes/notes.txt`)).toContain(
      "listening on 127.0.0.1:4100",
    );
    expect(await exposureOf("notes.service", remote)).toBeLessThanOrEqual(2);
    expect(await exposureOf("notes-backup.service", remote)).toBeLessThanOrEqual(2);
    await remote("systemctl start notes-backup.service");
    expect(await remote("ls /var/lib/notes/backups | wc -l")).toBe("1\n");
    expect(await remote("stat -c %U /var/lib/notes/backups/*")).toBe("notes\n");
    expect(await remote("systemctl --failed --no-legend | wc -l")).toBe("0\n");
  },

  secrets: async (remote) => {
    expect(await remote("systemctl is-active vault-user.service")).toBe("active\n");
    expect(
      await remote(
        "stat -c '%a %U %G' /etc/vault-user/runtime.env /etc/vault-user/settings.json /etc/credstore/vault-user.service.api-header",
      ),
    ).toBe("640 root vault-user\n640 root vault-user\n600 root root\n");
    const log =
      "for i in $(seq 50); do journalctl -q -u vault-user -o cat | grep -q ^token && break; sleep 0.1; done;";
    expect(await remote(`${log} journalctl -q -u vault-user -o cat | grep ^token`)).toBe(
      "token of 13 characters, session key of 43\n",
    );
    const inEnv = await remote("grep -o 'SESSION_KEY=.*' /etc/vault-user/runtime.env");
    const [key = ""] = /[\w-]{43}/.exec(inEnv) ?? [];
    expect(JSON.parse(await remote("cat /etc/vault-user/settings.json"))).toEqual({
      session: { key, lifetime: "12h" },
      api: { url: "https://api.example.com", token: "token-of-test" },
    });
    expect(await remote("cat /run/credentials/vault-user.service/api-header")).toBe(
      "Authorization: Bearer token-of-test\n",
    );
  },

  "users-and-keys": async (remote) => {
    const people = (await remote("getent group shared | cut -d: -f4")).trim().split(",");
    expect(people.length).toBeGreaterThan(1);
    for (const name of people) {
      expect(await remote(`stat -c '%a %U' /home/${name}/.ssh/authorized_keys`)).toBe(
        `600 ${name}\n`,
      );
      await remote(`su ${name} -c 'touch /srv/public/${name}'`);
    }
    expect(await remote("stat -c %G /srv/shared/* | sort -u")).toBe("shared\n");
  },
};

/** How much of the host a service could harm, from 0 to 10; see systemd-analyze(1). */
async function exposureOf(unit: string, remote: Parameters<Check>[0]): Promise<number> {
  const told = await remote(`systemd-analyze security --no-pager ${unit} | tail -n 1`);
  return Number(/: ([\d.]+)/.exec(told)?.[1]);
}

/** What the operator has that an example asks for. */
const ENVIRONMENT = {
  EXAMPLE_API_TOKEN: "token-of-test",
  DATABASE_URL: "postgres://api:secret@127.0.0.1/api",
};

const examples = readdirSync("examples", { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name);

it("every example is checked", () => {
  expect(Object.keys(CHECKS).toSorted()).toEqual(examples.toSorted());
});

describeHosts("examples", () => {
  const host = sharedHost({ name: "examples" });
  let operator: Operator;
  beforeAll(() => {
    operator = createOperator(host());
  });
  afterAll(() => operator[Symbol.dispose]());

  it.each(Object.entries(CHECKS))(
    "%s is pushed, does what it says, and a second push changes nothing",
    async (name, check) => {
      const flags = [
        "--config",
        resolve("examples", name, "hostkit.config.ts"),
        "--ssh",
        `root@${host().address}`,
      ];
      const first = await operator.hostkit(["push", "--yes", ...flags], { env: ENVIRONMENT });
      expect(first.status, first.stderr).toBe(0);
      await check(remote(host()));
      const second = await operator.hostkit(["push", "--yes", ...flags], { env: ENVIRONMENT });
      expect(second.stdout, second.stderr).toMatch(/^No changes\./m);
      expect(second.status).toBe(0);
    },
  );
});

function remote(host: TestHost): (command: string) => Promise<string> {
  return async (command) => {
    const { status, stdout, stderr } = await host.ssh(command);
    expect(status, `${command}\n${stdout}${stderr}`).toBe(0);
    return stdout;
  };
}
