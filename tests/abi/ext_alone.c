/* SPDX-License-Identifier: Apache-2.0 */
/* The header of an extension with nothing before it, in C and in C++.  Taking every size makes
 * compilers that lay out lazily report padding. */
#include TOOLPOST_TEST_HEADER

#define TOOLPOST_STRUCT(type, size) extern char use_##type[sizeof(type)];
#define TOOLPOST_FIELD(type, field, offset, size)
#define TOOLPOST_VALUE(name, value)
#define TOOLPOST_TEXT(name, text) extern char use_##name[sizeof(name)];
#include TOOLPOST_TEST_LAYOUT

int knows_host(const toolpost_host* host);

int knows_host(const toolpost_host* host) {
  return TOOLPOST_HAS(host, toolpost_host, get_extension);
}
