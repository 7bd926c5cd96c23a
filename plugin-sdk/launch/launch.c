/* SPDX-License-Identifier: Apache-2.0 */
/* toolpost-launch: starts one program and sees to it that nothing of it outlives the caller's wish
 * or the caller.  It is a process of its own because ending orphans takes a subreaper, and the
 * host, with many threads and many children, must not be one. */
#define _GNU_SOURCE
#include "descendants.h"
#include "launch_protocol.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { EXIT_USAGE = 64, EXIT_NOT_STARTED = 70, KILL_PASS_MS = 10 };

typedef struct start_error {
  int32_t step;
  int32_t error;
} start_error;

/* What the caller asks for, as it stands in the arguments. */
typedef struct wishes {
  rlim_t memory;
  const char* directory;
  char** argv;
} wishes;

typedef struct launch {
  pid_t child;
  int signal_fd;
} launch;

static void report(uint32_t kind, int32_t value, int32_t error) {
  const toolpost_launch_report packet = {kind, value, error};
  ssize_t sent;
  do {
    sent = send(TOOLPOST_LAUNCH_CONTROL_FD, &packet, sizeof packet, MSG_NOSIGNAL);
  } while (sent < 0 && errno == EINTR); /* a dead caller needs no report */
}

static int64_t now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Descriptors that the caller's libraries opened without CLOEXEC. */
static void close_inherited(void) {
  const unsigned first = TOOLPOST_LAUNCH_CONTROL_FD + 1;
  struct rlimit limit;
  if (syscall(SYS_close_range, first, ~0U, 0) == 0) return;
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) limit.rlim_cur = 1024;
  for (unsigned fd = first; fd < limit.rlim_cur; ++fd) close((int)fd);
}

/* What holds for this process and is inherited by the child.  0, or an errno. */
static int confine(mode_t mask) {
  const struct rlimit no_core = {0, 0};
  if (access("/proc/self/stat", R_OK) != 0) return errno;
  if (prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0) return errno;
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return errno;
  if (setrlimit(RLIMIT_CORE, &no_core) != 0) return errno;
  if (fcntl(TOOLPOST_LAUNCH_CONTROL_FD, F_SETFD, FD_CLOEXEC) != 0) return errno;
  umask(mask);
  return 0;
}

/* Signals arrive through a descriptor; a TERM from outside is a wish to end like any other. */
static int open_signals(void) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGCHLD);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGHUP);
  sigaddset(&set, SIGQUIT);
  if (sigprocmask(SIG_BLOCK, &set, NULL) != 0) return -1;
  return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static void fail_child(int error_fd, int32_t step) {
  const start_error failure = {step, errno};
  const ssize_t written = write(error_fd, &failure, sizeof failure);
  _exit(written == (ssize_t)sizeof failure ? 127 : 126);
}

/* A lower limit that is there already stays.  The launcher itself is not held to it: it must be
 * able to list all processes at the end. */
static int limit_memory(rlim_t bytes) {
  struct rlimit limit;
  if (bytes == 0) return 0;
  if (getrlimit(RLIMIT_AS, &limit) != 0) return -1;
  if (limit.rlim_max > bytes) limit.rlim_max = bytes;
  limit.rlim_cur = limit.rlim_max;
  return setrlimit(RLIMIT_AS, &limit);
}

static void become_child(int error_fd, pid_t launcher, const wishes* wish) {
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  setsid();
  prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0); /* should the launcher itself be killed */
  if (getppid() != launcher) _exit(126);
  if (limit_memory(wish->memory) != 0) fail_child(error_fd, TOOLPOST_LAUNCH_STEP_CONFINE);
  if (chdir(wish->directory) != 0) fail_child(error_fd, TOOLPOST_LAUNCH_STEP_DIRECTORY);
  execv(wish->argv[0], wish->argv);
  fail_child(error_fd, TOOLPOST_LAUNCH_STEP_EXECUTE);
}

/* The child holds the pipes from now on; if we did too, they would never end before us. */
static void let_go_of_pipes(void) {
  const int null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);
  if (null_fd >= 0) {
    dup2(null_fd, STDIN_FILENO);
    dup2(null_fd, STDOUT_FILENO);
    dup2(null_fd, STDERR_FILENO);
    close(null_fd);
  } else {
    close(STDIN_FILENO);
    close(STDOUT_FILENO);
    close(STDERR_FILENO);
  }
}

/* 0 and launch->child, or a failure to report. */
static start_error start_child(launch* self, const wishes* wish) {
  start_error failure = {TOOLPOST_LAUNCH_STEP_FORK, 0};
  const pid_t launcher = getpid();
  int error_pipe[2];
  ssize_t size;
  if (pipe2(error_pipe, O_CLOEXEC) != 0) {
    failure.error = errno;
    return failure;
  }
  self->child = fork();
  if (self->child == 0) become_child(error_pipe[1], launcher, wish);
  failure.error = self->child < 0 ? errno : 0;
  close(error_pipe[1]);
  let_go_of_pipes();
  do {
    size = self->child < 0 ? 0 : read(error_pipe[0], &failure, sizeof failure);
  } while (size < 0 && errno == EINTR);
  close(error_pipe[0]);
  return failure;
}

/* Reaps whoever ended.  Reports the child; returns 0 when no descendant is left. */
static int reap(launch* self) {
  while (1) {
    int status = 0;
    const pid_t pid = waitpid(-1, &status, WNOHANG);
    if (pid < 0 && errno == EINTR) continue;
    if (pid < 0) return 0;
    if (pid == 0) return 1;
    if (pid != self->child) continue;
    self->child = 0;
    if (WIFSIGNALED(status)) {
      report(TOOLPOST_LAUNCH_SIGNALLED, WTERMSIG(status), 0);
    } else {
      report(TOOLPOST_LAUNCH_EXITED, WEXITSTATUS(status), 0);
    }
  }
}

/* True when somebody other than a child has sent a signal. */
static int take_signals(const launch* self) {
  struct signalfd_siginfo info;
  int is_told_to_end = 0;
  while (read(self->signal_fd, &info, sizeof info) == (ssize_t)sizeof info) {
    if (info.ssi_signo != SIGCHLD) is_told_to_end = 1;
  }
  return is_told_to_end;
}

/* Until the child has ended, or the caller or a signal wants the end. */
static void wait_for_end(launch* self) {
  struct pollfd sources[2] = {{TOOLPOST_LAUNCH_CONTROL_FD, POLLIN, 0},
                              {self->signal_fd, POLLIN, 0}};
  while (1) {
    if (poll(sources, 2, -1) < 0 && errno != EINTR) return;
    if (sources[0].revents != 0) return; /* the caller never writes: this is end of file */
    if (sources[1].revents != 0 && take_signals(self)) return;
    reap(self);
    if (self->child == 0) return;
  }
}

/* Waits for descendants to end; 1 when none is left. */
static int wait_until_none(launch* self, int64_t until_ms) {
  struct pollfd source = {self->signal_fd, POLLIN, 0};
  while (reap(self)) {
    const int64_t left = until_ms - now_ms();
    if (left <= 0) return 0;
    poll(&source, 1, (int)left);
    take_signals(self);
  }
  return 1;
}

/* Ends every descendant; returns how many would not go. */
static int end_descendants(launch* self) {
  int64_t give_up;
  if (!reap(self)) return 0;
  signal_descendants(SIGTERM);
  signal_descendants(SIGCONT); /* a stopped process takes its TERM when it runs again */
  if (wait_until_none(self, now_ms() + TOOLPOST_LAUNCH_GRACE_MS)) return 0;

  /* All are stopped before any is killed: else one that keeps forking could outrun the passes. */
  signal_descendants(SIGSTOP);
  signal_descendants(SIGSTOP);
  give_up = now_ms() + TOOLPOST_LAUNCH_KILL_MS;
  do {
    signal_descendants(SIGKILL);
    if (wait_until_none(self, now_ms() + KILL_PASS_MS)) return 0;
  } while (now_ms() < give_up);
  return signal_descendants(0);
}

int main(int argc, char** argv) {
  launch self = {0, -1};
  start_error failure = {TOOLPOST_LAUNCH_STEP_CONFINE, 0};
  wishes wish;
  if (argc < 6 || strcmp(argv[1], TOOLPOST_LAUNCH_VERSION) != 0) {
    fprintf(stderr,
            "toolpost-launch is run by plugins, which must be of the same SDK (protocol %s)\n",
            TOOLPOST_LAUNCH_VERSION);
    return EXIT_USAGE;
  }
  close_inherited();
  failure.error = confine((mode_t)strtoul(argv[2], NULL, 8));
  if (failure.error == 0) {
    self.signal_fd = open_signals();
    if (self.signal_fd < 0) failure.error = errno;
  }
  wish.memory = (rlim_t)strtoull(argv[3], NULL, 10);
  wish.directory = argv[4];
  wish.argv = argv + 5;
  if (failure.error == 0) failure = start_child(&self, &wish);
  if (failure.error != 0) {
    report(TOOLPOST_LAUNCH_NOT_STARTED, failure.step, failure.error);
    report(TOOLPOST_LAUNCH_GONE, 0, 0);
    return EXIT_NOT_STARTED;
  }
  wait_for_end(&self);
  report(TOOLPOST_LAUNCH_GONE, end_descendants(&self), 0);
  return 0;
}
