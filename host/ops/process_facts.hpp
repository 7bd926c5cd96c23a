// SPDX-License-Identifier: Apache-2.0
// What the kernel says of this process, for the metrics process_*, under the names that every
// client library of Prometheus uses.
#pragma once

#include "ops/exposition.hpp"

namespace toolpost::ops {

// Reads /proc; what it does not say is left out.
void write_process_facts(Exposition& out);

}  // namespace toolpost::ops
