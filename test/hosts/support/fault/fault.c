/*
 * Makes one chosen file system call of a process fail, or be its last: a library for LD_PRELOAD. How it is told stands in rules.h.
 *
 * What is intercepted is what libuv and libstdc++ import of glibc, which strace(1) shows to be all that Node's fs calls. libuv
 * can give files to io_uring, past all of this, so that is switched off; what rings are left carry nothing but epoll's lists.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <unistd.h>
#include "rules.h"

/*
 * The real functions are found at load: between fork and exec, where libuv opens /dev/null, another thread may have held
 * the loader's lock. What other libraries call before that is found then.
 */
#define WRAPPED(name)                                                        \
  static __typeof__(&name) real_##name;                                      \
  __attribute__((constructor(101))) static void find_##name(void) {          \
    real_##name = (__typeof__(&name))real(#name);                            \
  }
#define REAL(name) (real_##name != NULL ? real_##name : (__typeof__(&name))real(#name))

static int active;

#define PATH_SIZE (2 * PATH_MAX + 16)

static void *real(const char *name) {
  void *found = dlsym(RTLD_NEXT, name);
  if (found == NULL) _exit(125);
  return found;
}

/* The system's own calls, since those of glibc are intercepted. */
static void record(const char *what, enum call call, const char *path) {
  if (log_file[0] == '\0') return;
  char line[PATH_SIZE + 64];
  int length = snprintf(line, sizeof line, "%s\t%d\t%s\t", what, (int)getpid(), call_names[call]);
  for (const char *at = path; *at != '\0' && length < (int)sizeof line - 1; at++)
    line[length++] = (unsigned char)*at < ' ' ? '?' : *at;
  line[length++] = '\n';
  int fd = (int)syscall(SYS_openat, AT_FDCWD, log_file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (fd < 0) return;
  syscall(SYS_write, fd, line, length);
  syscall(SYS_close, fd);
}

static void die(void) {
  for (;;) kill(getpid(), SIGKILL);
}

/* ---- Which file a call is about ---- */

/* The absolute path behind a descriptor, or nothing where it is not a file or directory of a real file system. */
static int path_of_fd(int fd, char *out) {
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, out, PATH_MAX - 1);
  if (length <= 0 || out[0] != '/') return 0;
  out[length] = '\0';
  return strncmp(out, "/dev/", 5) != 0 && strncmp(out, "/proc/", 6) != 0;
}

/* The absolute path a name means; /proc/<pid>/fd/<n>/name is what it leads to. */
static int path_of_name(int directory, const char *name, char *out) {
  char parent[PATH_MAX];
  if (name == NULL) return 0;
  if (name[0] != '/') {
    if (directory == AT_FDCWD ? getcwd(parent, sizeof parent) == NULL : !path_of_fd(directory, parent)) return 0;
    snprintf(out, PATH_SIZE, "%s/%s", strcmp(parent, "/") == 0 ? "" : parent, name);
  } else if (strncmp(name, "/proc/", 6) == 0) {
    const char *base = strrchr(name, '/');
    char named[PATH_MAX];
    snprintf(named, sizeof named, "%.*s", (int)(base - name), name);
    ssize_t length = readlink(named, parent, sizeof parent - 1);
    if (length <= 0) return 0;
    parent[length] = '\0';
    snprintf(out, PATH_SIZE, "%s%s", parent, base);
  } else {
    snprintf(out, PATH_SIZE, "%s", name);
  }
  return strncmp(out, "/dev/", 5) != 0 && strncmp(out, "/proc/", 6) != 0;
}

/* ---- What is done about it ---- */

/* What a call has to do: an action for after it, or FAIL with errno set. KILL and STOP are done here. */
static enum action strike(enum call call, const char *path) {
  enum action todo = NOTHING;
  int error = 0;
  if (counting) record("call", call, path);
  for (int index = 0; index < rule_count; index++) {
    struct rule *rule = &rules[index];
    if (!(rule->calls & 1u << call) || fnmatch(rule->path, path, 0) != 0) continue;
    unsigned long seen = atomic_fetch_add(&rule->seen, 1) + 1;
    if (rule->sticky ? seen < rule->nth : seen != rule->nth) continue;
    record(action_names[rule->action], call, path);
    if (rule->once) syscall(SYS_unlinkat, AT_FDCWD, statements_file, 0);
    if (rule->action == KILL) die();
    if (rule->action == STOP) {
      /* To this very thread: one to the process may stop another one first, while this goes on. */
      tgkill(getpid(), gettid(), SIGSTOP);
      continue;
    }
    todo = rule->action;
    error = rule->error;
  }
  if (todo == FAIL) errno = error;
  return todo;
}

static enum action by_fd(enum call call, int fd) {
  char path[PATH_SIZE];
  int before = errno;
  if (!active) return NOTHING;
  int known = path_of_fd(fd, path);
  errno = before;
  return known ? strike(call, path) : NOTHING;
}

static enum action by_name(enum call call, int directory, const char *name) {
  char path[PATH_SIZE];
  int before = errno;
  if (!active) return NOTHING;
  int known = path_of_name(directory, name, path);
  errno = before;
  return known ? strike(call, path) : NOTHING;
}

#define AROUND(todo, type, expression)     \
  do {                                     \
    enum action action = (todo);           \
    if (action == FAIL) return (type)-1;   \
    type result = (expression);            \
    if (action == KILL_AFTER) die();       \
    return result;                         \
  } while (0)

/* ---- Opening; a third argument is there only where it may be read ---- */

static int changes(int flags) { return (flags & O_ACCMODE) != O_RDONLY || (flags & (O_CREAT | O_TRUNC)) != 0; }

#define MODE_OF(flags)                                                   \
  mode_t mode = 0;                                                       \
  if ((flags) & O_CREAT || ((flags) & O_TMPFILE) == O_TMPFILE) {         \
    va_list more;                                                        \
    va_start(more, flags);                                               \
    mode = va_arg(more, mode_t);                                         \
    va_end(more);                                                        \
  }

#define OPENS(name)                                                                                     \
  WRAPPED(name)                                                                                         \
  int name(const char *path, int flags, ...) {                                                          \
    MODE_OF(flags)                                                                                      \
    AROUND(changes(flags) ? by_name(OPEN, AT_FDCWD, path) : NOTHING, int, REAL(name)(path, flags, mode)); \
  }
#define OPENS_AT(name)                                                                                \
  WRAPPED(name)                                                                                       \
  int name(int directory, const char *path, int flags, ...) {                                         \
    MODE_OF(flags)                                                                                    \
    AROUND(changes(flags) ? by_name(OPEN, directory, path) : NOTHING, int,                            \
           REAL(name)(directory, path, flags, mode));                                                 \
  }
OPENS(open)
OPENS(open64)
OPENS_AT(openat)
OPENS_AT(openat64)

/* ---- Writing; a write that is torn ends in its middle ---- */

static void tear(int fd, const void *bytes, size_t length, off_t at) {
  if (at < 0) syscall(SYS_write, fd, bytes, length / 2);
  else syscall(SYS_pwrite64, fd, bytes, length / 2, at);
  die();
}

WRAPPED(write)
ssize_t write(int fd, const void *bytes, size_t length) {
  enum action todo = by_fd(WRITE, fd);
  if (todo == TEAR) tear(fd, bytes, length, -1);
  AROUND(todo, ssize_t, REAL(write)(fd, bytes, length));
}

#define PWRITES(name, offset)                                            \
  WRAPPED(name)                                                          \
  ssize_t name(int fd, const void *bytes, size_t length, offset at) {    \
    enum action todo = by_fd(WRITE, fd);                                 \
    if (todo == TEAR) tear(fd, bytes, length, at);                       \
    AROUND(todo, ssize_t, REAL(name)(fd, bytes, length, at));            \
  }
PWRITES(pwrite, off_t)
PWRITES(pwrite64, off64_t)

WRAPPED(writev)
ssize_t writev(int fd, const struct iovec *pieces, int count) {
  enum action todo = by_fd(WRITE, fd);
  if (todo == TEAR && count > 0) tear(fd, pieces[0].iov_base, pieces[0].iov_len, -1);
  AROUND(todo, ssize_t, REAL(writev)(fd, pieces, count));
}

/* libuv copies files, and writes several pieces at a place, by number: glibc of its oldest host has no name for these. */
WRAPPED(syscall)
long syscall(long number, ...) {
  long a[6];
  va_list more;
  va_start(more, number);
  for (int index = 0; index < 6; index++) a[index] = va_arg(more, long);
  va_end(more);
  enum action todo = NOTHING;
  if (number == SYS_pwritev) todo = by_fd(WRITE, (int)a[0]);
  if (number == SYS_copy_file_range) todo = by_fd(WRITE, (int)a[2]);
  AROUND(todo, long, REAL(syscall)(number, a[0], a[1], a[2], a[3], a[4], a[5]));
}

WRAPPED(sendfile)
ssize_t sendfile(int to, int from, off_t *at, size_t length) {
  AROUND(by_fd(WRITE, to), ssize_t, REAL(sendfile)(to, from, at, length));
}
WRAPPED(sendfile64)
ssize_t sendfile64(int to, int from, off64_t *at, size_t length) {
  AROUND(by_fd(WRITE, to), ssize_t, REAL(sendfile64)(to, from, at, length));
}
WRAPPED(copy_file_range)
ssize_t copy_file_range(int from, off64_t *at, int to, off64_t *there, size_t length, unsigned flags) {
  AROUND(by_fd(WRITE, to), ssize_t, REAL(copy_file_range)(from, at, to, there, length, flags));
}

/* ---- Everything else: a name and what it is given ---- */

#define ON_FD(name, call, parameters, arguments) \
  WRAPPED(name)                                  \
  int name parameters { AROUND(by_fd(call, fd), int, REAL(name) arguments); }
#define ON_NAME(name, call, parameters, arguments) \
  WRAPPED(name)                                  \
  int name parameters { AROUND(by_name(call, AT_FDCWD, path), int, REAL(name) arguments); }
#define AT_NAME(name, call, parameters, arguments) \
  WRAPPED(name)                                  \
  int name parameters { AROUND(by_name(call, directory, path), int, REAL(name) arguments); }

ON_FD(fsync, FSYNC, (int fd), (fd))
ON_FD(fdatasync, FSYNC, (int fd), (fd))
ON_FD(ftruncate, TRUNCATE, (int fd, off_t to), (fd, to))
ON_FD(ftruncate64, TRUNCATE, (int fd, off64_t to), (fd, to))
ON_NAME(truncate, TRUNCATE, (const char *path, off_t to), (path, to))
ON_NAME(truncate64, TRUNCATE, (const char *path, off64_t to), (path, to))

ON_NAME(rename, RENAME, (const char *from, const char *path), (from, path))
AT_NAME(renameat, RENAME, (int old, const char *from, int directory, const char *path), (old, from, directory, path))
AT_NAME(renameat2, RENAME, (int old, const char *from, int directory, const char *path, unsigned flags),
        (old, from, directory, path, flags))
ON_NAME(link, LINK, (const char *from, const char *path), (from, path))
AT_NAME(linkat, LINK, (int old, const char *from, int directory, const char *path, int flags),
        (old, from, directory, path, flags))
ON_NAME(symlink, SYMLINK, (const char *to, const char *path), (to, path))
AT_NAME(symlinkat, SYMLINK, (const char *to, int directory, const char *path), (to, directory, path))

ON_NAME(unlink, UNLINK, (const char *path), (path))
AT_NAME(unlinkat, flags &AT_REMOVEDIR ? RMDIR : UNLINK, (int directory, const char *path, int flags),
        (directory, path, flags))
/* Either, inside glibc; files are what Node uses it for. */
ON_NAME(remove, UNLINK, (const char *path), (path))
ON_NAME(mkdir, MKDIR, (const char *path, mode_t mode), (path, mode))
AT_NAME(mkdirat, MKDIR, (int directory, const char *path, mode_t mode), (directory, path, mode))
ON_NAME(rmdir, RMDIR, (const char *path), (path))

ON_NAME(chmod, CHMOD, (const char *path, mode_t mode), (path, mode))
ON_FD(fchmod, CHMOD, (int fd, mode_t mode), (fd, mode))
AT_NAME(fchmodat, CHMOD, (int directory, const char *path, mode_t mode, int flags), (directory, path, mode, flags))
ON_NAME(chown, CHOWN, (const char *path, uid_t uid, gid_t gid), (path, uid, gid))
ON_NAME(lchown, CHOWN, (const char *path, uid_t uid, gid_t gid), (path, uid, gid))
ON_FD(fchown, CHOWN, (int fd, uid_t uid, gid_t gid), (fd, uid, gid))
AT_NAME(fchownat, CHOWN, (int directory, const char *path, uid_t uid, gid_t gid, int flags),
        (directory, path, uid, gid, flags))
ON_NAME(utimes, UTIME, (const char *path, const struct timeval times[2]), (path, times))
ON_NAME(lutimes, UTIME, (const char *path, const struct timeval times[2]), (path, times))
ON_FD(futimes, UTIME, (int fd, const struct timeval times[2]), (fd, times))
ON_FD(futimens, UTIME, (int fd, const struct timespec times[2]), (fd, times))
AT_NAME(utimensat, UTIME, (int directory, const char *path, const struct timespec times[2], int flags),
        (directory, path, times, flags))

__attribute__((constructor)) static void begin(void) {
  if (!read_statements()) return;
  unsetenv("LD_PRELOAD");
  unsetenv("HOSTKIT_FAULT");
  setenv("UV_USE_IO_URING", "0", 1);
  active = 1;
}
