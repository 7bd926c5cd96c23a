// SPDX-License-Identifier: Apache-2.0
// Boost.JSON, compiled once for this plugin: Debian's static library is not for shared objects.
#include <boost/json/src.hpp>
