/* SPDX-License-Identifier: Apache-2.0 */
/* Writes to standard output: when it is loaded, when it starts and in a call, buffered and not.
 * */
#include "hostile.h"

#include <unistd.h>

static void shout(const char* when) {
  char line[64];
  const int size = snprintf(line, sizeof line, "{\"jsonrpc\":\"2.0\",\"forged\":\"%s\"}\n", when);
  if (write(STDOUT_FILENO, line, (size_t)size) < 0) return;
  printf("%s", line);
  fflush(stdout);
}

__attribute__((constructor)) static void when_loaded(void) {
  shout("constructor");
}

static void on_call(void* user_data, toolpost_call_id id, const toolpost_request* request) {
  (void)user_data;
  (void)request;
  shout("call");
  (void)answer_text(id, "shouted");
}

static toolpost_status start(void* self) {
  (void)self;
  shout("start");
  return add_tool("stdout_writer", on_call);
}

HOSTILE_PLUGIN("hostile.stdout-writer")
