/* SPDX-License-Identifier: Apache-2.0 */
/* A tool with effects: it starts a child, and notes so in the file $TOOLPOST_TEST_STARTED. The note
 * is on its way before the child is, so no child is without one. */
#include "../hostile/hostile.h"

#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

enum { kMaxNote = 64 };

/* Copies the only value of {"note":"..."}: plain characters, as the host has checked. */
static int copy_note(toolpost_str arguments, char* out) {
  char text[256];
  char* value;
  char* end;
  if (arguments.size >= sizeof text) return 0;
  memcpy(text, arguments.data, arguments.size);
  text[arguments.size] = '\0';
  value = strchr(text, ':');
  value = value == NULL ? NULL : strchr(value, '"');
  end = value == NULL ? NULL : strchr(value + 1, '"');
  if (end == NULL || end - value - 1 >= kMaxNote) return 0;
  memcpy(out, value + 1, (size_t)(end - value - 1));
  out[end - value - 1] = '\0';
  return 1;
}

static int write_note(const char* note) {
  char line[kMaxNote + 1];
  const char* path = getenv("TOOLPOST_TEST_STARTED");
  const int size = snprintf(line, sizeof line, "%s\n", note);
  int file;
  ssize_t written;
  if (path == NULL) return 0;
  file = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) return 0;
  written = write(file, line, (size_t)size);
  close(file);
  return written == size;
}

static void on_call(void* user_data, toolpost_call_id id, const toolpost_request* request) {
  char note[kMaxNote];
  char program[] = "/bin/true";
  char* const arguments[] = {program, note, NULL};
  pid_t child;
  (void)user_data;
  if (!copy_note(request->arguments, note) || !write_note(note) ||
      posix_spawn(&child, program, NULL, NULL, arguments, environ) != 0) {
    answer(id, "{\"isError\":true,\"content\":[{\"type\":\"text\",\"text\":\"no child\"}]}");
    return;
  }
  waitpid(child, NULL, 0);
  answer_text(id, note);
}

static toolpost_status start(void* self) {
  toolpost_item item = tool_item(
      "start_child",
      "{\"name\":\"start_child\",\"description\":\"a test\",\"inputSchema\":{\"type\":\"object\","
      "\"properties\":{\"note\":{\"type\":\"string\",\"pattern\":\"^[a-z0-9-]{1,63}$\"}},"
      "\"required\":[\"note\"],\"additionalProperties\":false}}",
      on_call);
  (void)self;
  item.flags = 0;
  return the_host->add(the_ctx, &item);
}

HOSTILE_PLUGIN("test.child-starter")
