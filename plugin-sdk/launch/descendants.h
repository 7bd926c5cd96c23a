/* SPDX-License-Identifier: Apache-2.0 */
/* Finds the descendants of this process in /proc.  Since it is their subreaper, whatever they did
 * to leave their group, session or parent, a chain of parents leads here. */
#ifndef TOOLPOST_DESCENDANTS_H
#define TOOLPOST_DESCENDANTS_H

/* Sends `signal` to every descendant; returns how many there were, zombies not counted, or -1 when
 * /proc cannot be read. */
int signal_descendants(int signal);

#endif
