import { project } from "hostkit";

export default project("api-script", (p) => {
  p.host("app", { at: "app.example.com", ssh: { user: "root" } });

  const directory = p.directory("/srv/deployed");
  p.file("/srv/deployed/by", { content: "A program.\n", dependsOn: [directory] });
});
