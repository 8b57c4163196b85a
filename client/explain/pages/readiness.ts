import { EXIT } from "../../cli/exit-code.ts";
import { ends, IN_RUN, type Pages, UNTOUCHED } from "../page.ts";

/** What is waited for, and secrets on the host. */
export const readiness: Pages = {
  HK4085: {
    title: "What was waited for is not ready in time.",
    means:
      "A readiness looked again and again until its time was over, and did not pass. So what the push started does not do its work, and the run failed.",
    causes: [
      "The program listens on another port or address than is asked.",
      "It is up but unhealthy: a database or a secret is missing.",
      "It needs longer than `timeout`.",
    ],
    steps: [
      "The message has the last look and the end of the journal. On the host: `journalctl -u UNIT -n 50`.",
      "Correct the cause, or raise `timeout`; then push again.",
    ],
    host: IN_RUN,
    see: ["HK4086", "HK4317"],
  },
  HK4086: {
    title: "What was waited for has failed.",
    means:
      "The unit that a readiness waits for ended and nothing starts it again, so waiting any longer is of no use. The run failed.",
    causes: ["The program ends at once: its configuration, a port in use, a missing file."],
    steps: [
      "The message has the end of its journal. On the host: `systemctl status UNIT`, `journalctl -u UNIT -n 50`.",
      "Correct the cause, then push again.",
    ],
    host: IN_RUN,
    see: ["HK4085", "HK4317"],
  },
  HK4095: {
    title: "The host's key can't be used.",
    means:
      "The file `key` in the agent's directory makes the digests of secrets, and the values that the host generates. It is damaged, or can be read by others.",
    causes: ["The disk lost it.", "Its owner or mode were changed."],
    steps: [
      "Put it back from a backup, with owner and mode as the message says.",
      "Without one, move it away: a new one is made, each secret counts as changed once, and generated ones are refused until they get other names.",
    ],
    host: UNTOUCHED,
    see: ["HK4098"],
  },
  HK4096: {
    title: "A secret can't be read on the host.",
    means:
      "`secret.hostFile` names a file of the host that is missing, unreadable or not usable as a secret. It is read when the plan is made.",
    causes: [
      "Whoever brings it to the host was not there yet.",
      "The same push is to make it: it has to be there before.",
    ],
    steps: ["Put the file on the host, readable for the agent. Then `hostkit plan --host NAME`."],
    host: UNTOUCHED,
    see: ["HK1046"],
  },
  HK4098: {
    title: "A generated secret can't be made again.",
    means:
      "The host made this value from its key, and the key is another by now. The old value can't be computed any more, and a new one would change a password without a word.",
    causes: [
      "The agent's directory was lost or moved away.",
      "The host is a copy of another, and got a key of its own.",
    ],
    steps: [
      "Put the key back from a backup of the agent's directory.",
      "Or give the secret another name in `secret.generate({ name })`, which makes a new value, and change it where it is used.",
    ],
    host: UNTOUCHED,
    see: ["HK4095", "HK1043"],
  },
  HK4099: {
    title: "A secret changed after the plan was made.",
    means:
      "A secret has another value than when the plan was made, so what you reviewed is not what would be written.",
    causes: [
      "A file that `secret.hostFile` reads was written meanwhile.",
      "A resumed run is given another value than it had.",
    ],
    steps: [
      "`hostkit push --host NAME` plans and asks again. A cut-off run: `hostkit rollback --host NAME`.",
    ],
    host: ends(
      "Unchanged (exit code 5). Where `hostkit resume` met it, as the run left it (1).",
      EXIT.stale,
      EXIT.failed,
    ),
    see: ["HK4001"],
  },
};
