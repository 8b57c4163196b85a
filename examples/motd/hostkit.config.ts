import { project } from "hostkit";

export default project("motd", (p) => {
  p.host("app", { at: "app.example.com", ssh: { user: "root" } });

  p.file("/etc/motd", { content: "This host is declared with HostKit.\n" });
});
