// Runs a program whose standard input and output are a pseudoterminal, and prints its path on standard error. For the
// other side, this is a serial port that is unplugged when the program ends.
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <termios.h>
#include <unistd.h>

static void need(int good, const char *what) {
  if (good) return;
  perror(what);
  exit(1);
}

int main(int count, char **arguments) {
  need(count > 1, "pty-run PROGRAM ARGUMENT…");
  // ends the program if the test is killed
  need(prctl(PR_SET_PDEATHSIG, SIGKILL) == 0, "prctl");
  const int master = posix_openpt(O_RDWR | O_NOCTTY);
  need(master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0, "posix_openpt");
  // stays open in the program: otherwise input would end between two processes that open the port
  const int port = open(ptsname(master), O_RDWR | O_NOCTTY);
  need(port >= 0, "open");
  struct termios raw;
  need(tcgetattr(port, &raw) == 0, "tcgetattr");
  cfmakeraw(&raw);
  need(tcsetattr(port, TCSANOW, &raw) == 0, "tcsetattr");
  need(dup2(master, STDIN_FILENO) >= 0 && dup2(master, STDOUT_FILENO) >= 0 && close(master) == 0, "dup2");
  fprintf(stderr, "%s\n", ptsname(STDIN_FILENO));
  execvp(arguments[1], arguments + 1);
  perror(arguments[1]);
  return 1;
}
