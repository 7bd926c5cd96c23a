// SPDX-License-Identifier: Apache-2.0
// Lets a listening socket be closed without losing anybody. Closing it resets what the kernel has
// connected and nobody has accepted yet: such a client has sent its request and never hears of it.
#pragma once

namespace toolpost::transport {

// From now on the kernel begins no connection for this socket; those that it has begun can still be
// accepted. Whoever is left without a reply tries again after a second, as TCP does, and is refused
// once the socket is closed. False where the kernel has no such filters; nothing has changed then.
bool begin_no_connections(int listener) noexcept;

}  // namespace toolpost::transport
