/*
 * The first process of a virtual machine: loads the drivers of its disk and its network card, goes to the disk and makes way
 * for systemd. Debian's kernel has these drivers as modules, and its own tools for this take a hundred times as much.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static int fail(const char *what) {
  printf("init: %s: %s\n", what, strerror(errno));
  fflush(stdout);
  /* The kernel panics, which ends qemu. */
  return 1;
}

int main(void) {
  char name[32];
  for (int index = 0;; index++) {
    snprintf(name, sizeof name, "/%d.ko", index);
    int module = open(name, O_RDONLY);
    if (module < 0) break;
    if (syscall(SYS_finit_module, module, "", 0) != 0) return fail(name);
    close(module);
  }
  mkdir("/disk", 0755);
  mkdir("/dev", 0755);
  if (mount("devtmpfs", "/dev", "devtmpfs", 0, NULL) != 0) return fail("/dev");
  for (int left = 200; access("/dev/vda", F_OK) != 0 && left > 0; left--) usleep(50 * 1000);
  /* Without the mercy for programs that rename without fsync (auto_da_alloc in ext4(5)). */
  if (mount("/dev/vda", "/disk", "ext4", 0, "noauto_da_alloc") != 0) return fail("/dev/vda");
  if (chdir("/disk") != 0 || mount(".", "/", NULL, MS_MOVE, NULL) != 0) return fail("/disk");
  if (chroot(".") != 0 || chdir("/") != 0) return fail("chroot");
  execl("/sbin/init", "/sbin/init", (char *)NULL);
  return fail("/sbin/init");
}
