// write-files [DIRECTORY]: makes one of each kind of file in DIRECTORY (the working directory).
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

static int failures = 0;

static void expect_zero(const char *what, int result) {
  if (result == 0) return;
  perror(what);
  failures++;
}

static void write_file(const char *path, const char *text, mode_t mode) {
  int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  ssize_t length = (ssize_t)strlen(text);
  expect_zero(path, fd >= 0 && write(fd, text, (size_t)length) == length ? 0 : -1);
  expect_zero(path, fchmod(fd, mode));
  close(fd);
}

int main(int argc, char **argv) {
  if (argc > 1) expect_zero("chdir", chdir(argv[1]));
  write_file("plain.txt", "plain\n", 0644);
  write_file("private.txt", "private\n", 0600);
  write_file("program", "#!/bin/sh\n", 0755);
  write_file("setuid", "setuid\n", 04755);
  write_file("empty", "", 0644);
  write_file("a name with spaces and \xc3\xa9", "named\n", 0644);
  expect_zero("mkdir", mkdir("directory", 0750));
  expect_zero("chmod", chmod("directory", 01770));
  write_file("directory/inner.txt", "inner\n", 0640);
  expect_zero("symlink", symlink("plain.txt", "symlink"));
  expect_zero("symlink", symlink("nowhere", "dangling"));
  expect_zero("link", link("plain.txt", "hard-link"));
  expect_zero("mkfifo", mkfifo("fifo", 0622));
  write_file("sparse", "", 0644);
  expect_zero("truncate", truncate("sparse", 1 << 20));
  if (setxattr("plain.txt", "user.origin", "test", 4, 0) != 0) puts("no user xattrs here");
  printf("%d failures\n", failures);
  return failures == 0 ? 0 : 1;
}
