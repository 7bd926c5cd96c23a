/* SPDX-License-Identifier: Apache-2.0 */
/* Changes what belongs to the whole process: working directory, locale, umask, environment,
 * standard input. */
#include "hostile.h"

#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static void on_call(void* user_data, toolpost_call_id id, const toolpost_request* request) {
  (void)user_data;
  (void)request;
  if (chdir("/") != 0) return;
  (void)setlocale(LC_ALL, "C.UTF-8");
  (void)umask(0);
  (void)setenv("TOOLPOST_FORGED", "1", 1);
  (void)signal(SIGPIPE, SIG_IGN);
  (void)answer_text(id, "changed");
}

static toolpost_status start(void* self) {
  (void)self;
  return add_tool("process_globals", on_call);
}

HOSTILE_PLUGIN("hostile.process-globals")
