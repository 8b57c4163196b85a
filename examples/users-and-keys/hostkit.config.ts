import { project } from "hostkit";
import { people } from "./people.ts";

export default project("users-and-keys", (p) => {
  p.host("app", { at: "app.example.com", ssh: { user: "root" } });

  const operators = p.group("operators");
  const shared = p.group("shared");

  for (const { name, key, isOperator } of people) {
    p.account(name, {
      shell: "/bin/sh",
      home: `/home/${name}`,
      groups: isOperator ? [operators, shared] : [shared],
      authorizedKeys: [key],
    });
  }

  // New files in it belong to the group, whoever makes them: the 2 is setgid.
  p.directory("/srv/shared", { group: shared, mode: 0o2775 });
  p.symlink("/srv/public", { to: "/srv/shared" });
});
