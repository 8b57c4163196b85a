/*
 * HOSTKIT_FAULT holds statements, divided by ";" or line ends; "@/a/file" names a file that holds them. Without the variable
 * the file is /opt/hostkit-fault/spec, without the file nothing is done. The statements:
 *
 *     ACTION@CALLS#N path=GLOB sticky once   a rule; all but action and calls may be missing
 *     exe=GLOB                          the programs that are meant, by default all that are called hostkit-agent; others pass it on
 *     log=FILE                          gets a line for each rule that struck: what, process id, call, path
 *     count                             gets a line for each call, too: "call", process id, call, path
 *
 *     ACTION  kill | kill-after     SIGKILL, before or after the call
 *             tear                  the first half of a write, then SIGKILL
 *             stop                  SIGSTOP before the call, for somebody else to do something at this moment
 *             errno=NAME            the call fails and does nothing
 *     CALLS   names divided by commas, or * for all: open (to write or to create), write, fsync, rename, link, symlink, unlink,
 *             mkdir, rmdir, chmod, chown, utime, truncate. Kin are one: pwritev is a write, fdatasync an fsync.
 *     #N      only the Nth call that matches (default 1); with "sticky" that one and all after it: a full disk stays full
 *     once    when it strikes, the file of statements is removed: processes that start later are spared
 *     GLOB    fnmatch(3), whose * matches / too, against the absolute path, for a rename or a link the new one
 *
 * Calls count for the whole process, threads too, and only where they change a file or a directory: sockets, pipes, eventfds,
 * /dev and /proc are left alone. Children don't inherit any of it: the variables are gone when main() begins.
 */
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum call { OPEN, WRITE, FSYNC, RENAME, LINK, SYMLINK, UNLINK, MKDIR, RMDIR, CHMOD, CHOWN, UTIME, TRUNCATE, CALLS };
static const char *const call_names[CALLS] = {"open",  "write", "fsync", "rename", "link",  "symlink", "unlink",
                                              "mkdir", "rmdir", "chmod", "chown",  "utime", "truncate"};

enum action { NOTHING, KILL, KILL_AFTER, TEAR, STOP, FAIL };
static const char *const action_names[] = {"nothing", "kill", "kill-after", "tear", "stop", "errno"};

static const struct { const char *name; int number; } errors[] = {
    {"ENOSPC", ENOSPC}, {"EDQUOT", EDQUOT}, {"EIO", EIO},       {"EROFS", EROFS},   {"EACCES", EACCES}, {"EPERM", EPERM},
    {"EMFILE", EMFILE}, {"ENOENT", ENOENT}, {"EEXIST", EEXIST}, {"EXDEV", EXDEV},   {"EMLINK", EMLINK}, {"EINTR", EINTR},
    {"ENOMEM", ENOMEM}, {"EBUSY", EBUSY},   {"EOPNOTSUPP", EOPNOTSUPP},
};

struct rule {
  enum action action;
  int error;
  unsigned calls; /* a bit for each */
  unsigned long nth;
  int sticky;
  int once;
  char path[PATH_MAX];
  atomic_ulong seen;
};

static struct rule rules[16];
static int rule_count;
static int counting;
static char log_file[PATH_MAX];
static char statements_file[PATH_MAX];

static void complain(const char *what, const char *about) {
  char line[512];
  int length = snprintf(line, sizeof line, "fault.so: %s: %s\n", what, about);
  syscall(SYS_write, 2, line, length < (int)sizeof line ? length : (int)sizeof line - 1);
  _exit(125);
}

static unsigned calls_named(char *names, const char *statement) {
  unsigned found = 0;
  char *rest = NULL;
  if (strcmp(names, "*") == 0) return (1u << CALLS) - 1;
  for (char *name = strtok_r(names, ",", &rest); name != NULL; name = strtok_r(NULL, ",", &rest)) {
    int call = 0;
    while (call < CALLS && strcmp(name, call_names[call]) != 0) call++;
    if (call == CALLS) complain("no such call", name);
    found |= 1u << call;
  }
  if (found == 0) complain("no call in", statement);
  return found;
}

static void read_action(struct rule *rule, const char *name) {
  if (strncmp(name, "errno=", 6) == 0) {
    rule->action = FAIL;
    for (size_t index = 0; index < sizeof errors / sizeof *errors; index++)
      if (strcmp(name + 6, errors[index].name) == 0) rule->error = errors[index].number;
    if (rule->error == 0) complain("no such errno", name);
    return;
  }
  for (int action = KILL; action <= STOP; action++)
    if (strcmp(name, action_names[action]) == 0) rule->action = action;
  if (rule->action == NOTHING) complain("no such action", name);
}

static void read_rule(char *text) {
  char *rest = NULL;
  char *head = strtok_r(text, " ", &rest);
  char *calls = strchr(head, '@');
  if (calls == NULL) complain("no such statement", head);
  if (rule_count == sizeof rules / sizeof *rules) complain("one rule too many", head);
  struct rule *rule = &rules[rule_count++];
  *calls++ = '\0';
  read_action(rule, head);
  rule->nth = 1;
  char *nth = strchr(calls, '#');
  if (nth != NULL) {
    *nth++ = '\0';
    rule->nth = 0;
    for (char *digit = nth; *digit != '\0'; digit++) {
      if (*digit < '0' || *digit > '9') complain("no number", nth);
      rule->nth = rule->nth * 10 + (unsigned long)(*digit - '0');
    }
    if (rule->nth == 0) complain("no such number", nth);
  }
  rule->calls = calls_named(calls, head);
  if (rule->action == TEAR && rule->calls != 1u << WRITE) complain("only a write can be torn", head);
  strcpy(rule->path, "*");
  for (char *word = strtok_r(NULL, " ", &rest); word != NULL; word = strtok_r(NULL, " ", &rest)) {
    if (strncmp(word, "path=", 5) == 0) snprintf(rule->path, sizeof rule->path, "%s", word + 5);
    else if (strcmp(word, "sticky") == 0) rule->sticky = 1;
    else if (strcmp(word, "once") == 0) rule->once = 1;
    else complain("no such word in a rule", word);
  }
}

static int is_meant(const char *glob) {
  char program[PATH_MAX];
  ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
  if (length <= 0) return 0;
  program[length] = '\0';
  return fnmatch(glob, program, 0) == 0;
}

/* The statements' own text, cut up where it is read; 0 when there are none. */
static int load(char *text, size_t size) {
  const char *given = getenv("HOSTKIT_FAULT");
  if (given == NULL) given = "@/opt/hostkit-fault/spec";
  if (given[0] != '@') {
    snprintf(text, size, "%s", given);
    return 1;
  }
  snprintf(statements_file, sizeof statements_file, "%s", given + 1);
  int fd = (int)syscall(SYS_openat, AT_FDCWD, statements_file, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return 0;
  ssize_t length = read(fd, text, size - 1);
  syscall(SYS_close, fd);
  if (length < 0) return 0;
  text[length] = '\0';
  return 1;
}

/* Whether this process is to be watched; it has read its rules then. */
static int read_statements(void) {
  static char text[64 * 1024];
  const char *exe = "*/hostkit-agent";
  char *statements[64];
  int count = 0;
  char *rest = NULL;
  if (!load(text, sizeof text)) return 0;
  for (char *one = strtok_r(text, ";\n", &rest); one != NULL; one = strtok_r(NULL, ";\n", &rest)) {
    one += strspn(one, " ");
    if (*one == '\0') continue;
    if (count == sizeof statements / sizeof *statements) complain("one statement too many", one);
    statements[count++] = one;
    if (strncmp(one, "exe=", 4) == 0) exe = one + 4;
  }
  if (!is_meant(exe)) return 0;
  for (int index = 0; index < count; index++) {
    char *one = statements[index];
    if (strncmp(one, "exe=", 4) == 0) continue;
    if (strncmp(one, "log=", 4) == 0) snprintf(log_file, sizeof log_file, "%s", one + 4);
    else if (strcmp(one, "count") == 0) counting = 1;
    else read_rule(one);
  }
  return 1;
}
