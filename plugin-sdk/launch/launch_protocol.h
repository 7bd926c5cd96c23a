/* SPDX-License-Identifier: Apache-2.0 */
/* What process.hpp, conversation.hpp and toolpost-launch say to each other.  Private: both sides
 * come from one SDK, and the version in the first argument refuses a mix.
 *
 *   toolpost-launch VERSION UMASK MEMORY DIRECTORY PROGRAM [ARGUMENT]...
 *
 * MEMORY is the address space that each process may have, in bytes; 0 leaves it as it is.
 * The environment is the child's.  Descriptors 0 to 2 are the child's input and output, 3 is a
 * SOCK_SEQPACKET socket: its end of file means "end everything", reports come back through it. */
#ifndef TOOLPOST_LAUNCH_PROTOCOL_H
#define TOOLPOST_LAUNCH_PROTOCOL_H

#include <stdint.h>

#define TOOLPOST_LAUNCH_VERSION "2"

enum {
  TOOLPOST_LAUNCH_CONTROL_FD = 3,
  TOOLPOST_LAUNCH_GRACE_MS = 1000, /* between TERM and KILL */
  TOOLPOST_LAUNCH_KILL_MS = 1000   /* after KILL, until the launcher gives up */
};

/* One packet.  GONE is always the last, every other kind comes at most once before it. */
/* NOLINTNEXTLINE(modernize-use-using): this is C. */
typedef struct toolpost_launch_report {
  uint32_t kind;
  int32_t value;
  int32_t error;
} toolpost_launch_report;

enum {
  TOOLPOST_LAUNCH_NOT_STARTED = 1, /* value: a step below, error: errno */
  TOOLPOST_LAUNCH_EXITED = 2,      /* value: exit code                  */
  TOOLPOST_LAUNCH_SIGNALLED = 3,   /* value: signal                     */
  TOOLPOST_LAUNCH_GONE = 4         /* value: processes that would not end */
};

enum {
  TOOLPOST_LAUNCH_STEP_CONFINE = 1,
  TOOLPOST_LAUNCH_STEP_FORK = 2,
  TOOLPOST_LAUNCH_STEP_DIRECTORY = 3,
  TOOLPOST_LAUNCH_STEP_EXECUTE = 4
};

#endif
