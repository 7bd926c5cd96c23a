// SPDX-License-Identifier: Apache-2.0
// SIGHUP between the start of the process and its event loop: remembered instead of deadly.
#pragma once

namespace toolpost {

// From now on, until somebody else handles the signal. Before the configuration is read, so that
// no change of it is missed.
void remember_hangup();

// Whether one has come meanwhile; once.
bool take_hangup();

}  // namespace toolpost
