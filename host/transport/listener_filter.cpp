// SPDX-License-Identifier: Apache-2.0
#include "transport/listener_filter.hpp"

#include <array>
#include <linux/filter.h>
#include <sys/socket.h>

namespace toolpost::transport {
namespace {

// The filter sees packets from the TCP header on.
constexpr unsigned kFlagsOffset = 13;
constexpr unsigned kSynAndAck = 0x12;
constexpr unsigned kSyn = 0x02;
constexpr unsigned kWhole = 0xffff'ffff;

}  // namespace

bool begin_no_connections(int listener) noexcept {
  std::array<sock_filter, 5> steps = {{{BPF_LD | BPF_B | BPF_ABS, 0, 0, kFlagsOffset},
                                       {BPF_ALU | BPF_AND | BPF_K, 0, 0, kSynAndAck},
                                       {BPF_JMP | BPF_JEQ | BPF_K, 0, 1, kSyn},
                                       {BPF_RET | BPF_K, 0, 0, 0},
                                       {BPF_RET | BPF_K, 0, 0, kWhole}}};
  const sock_fprog program{static_cast<unsigned short>(steps.size()), steps.data()};
  return ::setsockopt(listener, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) == 0;
}

}  // namespace toolpost::transport
