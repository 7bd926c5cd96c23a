/* SPDX-License-Identifier: Apache-2.0 */
/* Compares the header of an extension with its frozen layout, like layout.c. */
#include TOOLPOST_TEST_HEADER
#include <toolpost/ext/recv.h>

#define TOOLPOST_STRUCT(type, size) _Static_assert(sizeof(type) == (size), "size of " #type);
#define TOOLPOST_FIELD(type, field, offset, size)                                   \
  _Static_assert(offsetof(type, field) == (offset), "offset of " #type "." #field); \
  _Static_assert(sizeof(((type*)0)->field) == (size), "size of " #type "." #field);
#define TOOLPOST_VALUE(name, value) _Static_assert((name) == (value), "value of " #name);
/* layout_fields.py compares the texts. */
#define TOOLPOST_TEXT(name, text) _Static_assert(sizeof(name) == sizeof(text), "length of " #name);

#include TOOLPOST_TEST_LAYOUT

_Static_assert(sizeof(toolpost_recv) == sizeof(void*), "recv is a function");
