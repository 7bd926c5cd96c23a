/* SPDX-License-Identifier: Apache-2.0 */
/* A plugin whose one tool has an effect that can be seen from outside: "mark" appends the text it
 * is given, as a line, to the file that TOOLPOST_MARKS names. Its text may stand in the audit. */
#include "../hostile/hostile.h"

#include <fcntl.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static const char kDefinition[] =
    "{\"name\":\"mark\",\"description\":\"Leaves a mark.\",\"inputSchema\":{\"type\":\"object\","
    "\"properties\":{\"text\":{\"type\":\"string\",\"pattern\":\"^[a-z0-9-]{1,60}$\","
    "\"x-toolpost-log\":true}},\"required\":[\"text\"],\"additionalProperties\":false}}";

/* The schema leaves nothing in the text that JSON would escape: it stands between the last quotes.
 */
static void on_mark(void* user_data, toolpost_call_id id, const toolpost_request* request) {
  const char* path = getenv("TOOLPOST_MARKS");
  const char* end = request->arguments.data + request->arguments.size;
  const char* begin;
  char line[128];
  struct timespec now;
  int size;
  ssize_t put;
  int file;
  (void)user_data;
  while (end > request->arguments.data && end[-1] != '"') --end;
  --end;
  begin = end;
  while (begin > request->arguments.data && begin[-1] != '"') --begin;
  clock_gettime(CLOCK_MONOTONIC, &now);
  size = snprintf(line, sizeof line, "%.*s %lld%09ld\n", (int)(end - begin), begin,
                  (long long)now.tv_sec, now.tv_nsec);
  file = path == NULL ? -1 : open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  put = file < 0 ? -1 : write(file, line, (size_t)size);
  if (file >= 0) close(file);
  answer_text(id, put < 0 ? "no mark" : "marked");
}

static toolpost_status start(void* self) {
  toolpost_item item = tool_item("mark", kDefinition, on_mark);
  (void)self;
  item.flags = 0; /* it has effects */
  return the_host->add(the_ctx, &item);
}

HOSTILE_PLUGIN("audit.marker")
