// SPDX-License-Identifier: Apache-2.0
// audit rotate and audit anchor.
#include "audit/chain.hpp"
#include "audit/checkpoint.hpp"
#include "audit/line.hpp"
#include "audit/rotation.hpp"
#include "audit/seal_key.hpp"
#include "audit/segment_text.hpp"
#include "cli/commands.hpp"
#include "cli/ledger.hpp"
#include "identity/principal.hpp"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <thread>

namespace toolpost::cli {
namespace {

constexpr std::chrono::seconds kRotationPatience{10};
constexpr std::chrono::milliseconds kRotationPause{50};

// The newest checkpoint of a chain that the key confirms; empty when there is none.
std::string newest_checkpoint(const audit::Directory& directory, const std::string& chain,
                              const std::vector<std::uint32_t>& segments,
                              const audit::VerifyKeys& keys) {
  for (auto number = segments.rbegin(); number != segments.rend(); ++number) {
    const auto segment = audit::read_segment(directory, chain, *number);
    if (!segment) return {};
    std::string newest;
    audit::LineSplitter lines{segment->text};
    for (std::string_view line; lines.next(line);) {
      const auto read = audit::read_line(line);
      if (read && read->type == "checkpoint") newest = line;
    }
    if (!newest.empty() && audit::read_checkpoint(newest, keys)) return newest + "\n";
  }
  return {};
}

}  // namespace

int audit_rotate(const config::Config& config, const config::AuditArguments& arguments) {
  const auto directory = open_ledger(config, arguments);
  if (!directory) return fail("audit rotate", directory.error());
  auto living = audit::living_chains(*directory);
  if (!living) return fail("audit rotate", living.error());
  if (auto asked = audit::request_rotation(*directory); !asked) {
    return fail("audit rotate", asked.error());
  }
  const std::size_t count = living->size();
  const auto deadline = std::chrono::steady_clock::now() + kRotationPatience;
  while (!living->empty() && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(kRotationPause);
    const auto now = audit::living_chains(*directory);
    if (!now) return fail("audit rotate", now.error());
    std::erase_if(*living, [&](const auto& chain) {
      const auto found = now->find(chain.first);
      return found == now->end() || found->second > chain.second;
    });
  }
  audit::withdraw_rotation(*directory);
  for (const auto& [chain, segment] : *living) {
    complain("audit rotate: chain " + chain + " still writes segment " + std::to_string(segment));
  }
  if (!living->empty()) return config::kExitFailure;
  std::printf("%zu running %s went on in a new segment\n", count,
              count == 1 ? "process" : "processes");
  return EXIT_SUCCESS;
}

int audit_anchor(const config::Config& config, const config::AuditArguments& arguments) {
  const auto directory = open_ledger(config, arguments);
  if (!directory) return fail("audit anchor", directory.error());
  const auto key = audit::SealKey::load(config.audit.key_file);
  if (!key) return fail("audit anchor", key.error());
  const auto chains = directory->segments();
  if (!chains) return fail("audit anchor", chains.error());
  auto output = Output::open(arguments.out);
  if (!output) return fail("audit anchor", output.error());
  output->write(audit::anchor_key_line(key->public_key()));
  for (const auto& [chain, segments] : *chains) {
    output->write(newest_checkpoint(*directory, chain, segments, {key->public_key()}));
  }
  if (auto done = output->finish(); !done) return fail("audit anchor", done.error());
  return EXIT_SUCCESS;
}

}  // namespace toolpost::cli
