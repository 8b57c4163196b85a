/** Seconds since the memory host was started, at any time. */
export const UPTIME = 1000;

/** What a memory host starts with. */
export const BASE_DIRECTORIES = [
  "/dev",
  "/etc/systemd/system",
  "/home",
  "/root",
  "/run/systemd/system",
  "/srv",
  "/tmp",
  "/usr/lib/systemd/system",
  "/var/lib",
  "/var/log",
] as const;

export const BASE_FILES: Readonly<Record<string, string>> = {
  "/proc/uptime": `${UPTIME}.00 4000.00\n`,
  "/etc/hostname": "memory\n",
  "/etc/machine-id": "0123456789abcdef0123456789abcdef\n",
  "/etc/os-release":
    'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\nVERSION_ID="12"\nNAME="Debian GNU/Linux"\n',
  "/etc/passwd": [
    "root:x:0:0:root:/root:/bin/bash",
    "daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin",
    "www-data:x:33:33:www-data:/var/www:/usr/sbin/nologin",
    "nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin",
    "",
  ].join("\n"),
  "/etc/group": [
    "root:x:0:",
    "daemon:x:1:",
    "adm:x:4:",
    "www-data:x:33:",
    "shadow:x:42:",
    "users:x:100:",
    "nogroup:x:65534:",
    "",
  ].join("\n"),
  "/etc/shadow": "root:*:20000:0:99999:7:::\n",
  "/usr/lib/systemd/system/cron.service":
    "[Service]\nExecStart=/usr/sbin/cron -f\nExecReload=/bin/kill -HUP $MAINPID\nType=notify\n\n[Install]\nWantedBy=multi-user.target\nAlias=crond.service\n",
};

/** What the services of tests run. */
export const PROGRAMS: readonly string[] =
  "api app bad db false first fresh late new no old other run secret-text sh theirs true x"
    .split(" ")
    .map((name) => `/bin/${name}`);
