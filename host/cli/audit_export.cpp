// SPDX-License-Identifier: Apache-2.0
// audit export and audit tail: records as they stand.
#include "audit/export.hpp"
#include "audit/follow.hpp"
#include "cli/commands.hpp"
#include "cli/ledger.hpp"

#include <csignal>
#include <cstdlib>
#include <deque>
#include <thread>

namespace toolpost::cli {
namespace {

constexpr std::chrono::milliseconds kFollowPause{500};

audit::Filter filter_of(const config::AuditArguments& arguments) {
  return {.from = arguments.from,
          .to = arguments.to,
          .user = arguments.user,
          .item = arguments.tool,
          .type = arguments.type};
}

// Says which parts were left out; false when there are any.
bool report(const std::vector<audit::Break>& breaks, const char* command) {
  for (const audit::Break& one : breaks) {
    complain(std::string{command} + ": " + one.directory + ": record " + std::to_string(one.seq) +
             " of chain " + one.chain + " does not follow from the one before; the rest of the " +
             "chain is left out; toolpost audit verify says more");
  }
  return breaks.empty();
}

// Nothing when all of them are sound.
std::optional<int> refuse_damaged(const config::Config& config,
                                  const config::AuditArguments& arguments,
                                  const std::vector<audit::Directory>& directories) {
  const auto options = verify_options(config, arguments);
  if (!options) {
    complain("audit export: " + options.error().message());
    return config::kExitFailure;
  }
  for (const audit::Directory& directory : directories) {
    const auto found = audit::verify(directory, *options);
    if (!found) {
      complain("audit export: " + found.error().message());
      return config::kExitFailure;
    }
    if (found->damages.empty()) continue;
    complain("audit export: " + directory.path() +
             " is damaged, nothing was exported; toolpost audit verify says where");
    return config::kExitDamaged;
  }
  return std::nullopt;
}

Result<std::vector<audit::Directory>> open_all(const config::Config& config,
                                               const config::AuditArguments& arguments,
                                               const std::vector<std::string>& names) {
  std::vector<audit::Directory> opened;
  if (names.empty()) {
    auto directory = open_ledger(config, arguments);
    if (!directory) return directory.error();
    opened.push_back(std::move(*directory));
  }
  for (const std::string& name : names) {
    auto directory = audit::Directory::open(name);
    if (!directory) return directory.error();
    opened.push_back(std::move(*directory));
  }
  return opened;
}

std::vector<const audit::Directory*> pointers(const std::vector<audit::Directory>& directories) {
  std::vector<const audit::Directory*> all;
  all.reserve(directories.size());
  for (const audit::Directory& directory : directories) all.push_back(&directory);
  return all;
}

}  // namespace

int audit_export(const config::Config& config, const config::AuditArguments& arguments,
                 const std::vector<std::string>& directories) {
  const auto opened = open_all(config, arguments, directories);
  if (!opened) return fail("audit export", opened.error());
  if (arguments.verify) {
    if (const auto refused = refuse_damaged(config, arguments, *opened)) return *refused;
  }
  auto output = Output::open(arguments.out);
  if (!output) return fail("audit export", output.error());
  std::uint64_t records = 0;
  const auto breaks =
      audit::export_records(pointers(*opened), filter_of(arguments), [&](std::string_view line) {
        ++records;
        return output->write(line) && output->write("\n");
      });
  if (!breaks) return fail("audit export", breaks.error());
  if (auto finished = output->finish(); !finished) return fail("audit export", finished.error());
  // A user or a tool that is misspelt looks like one who did nothing.
  if (records == 0) complain("audit export: there is no such record");
  return report(*breaks, "audit export") ? EXIT_SUCCESS : config::kExitFailure;
}

int audit_tail(const config::Config& config, const config::AuditArguments& arguments) {
  const auto directory = open_ledger(config, arguments);
  if (!directory) return fail("audit tail", directory.error());
  const audit::Filter filter = filter_of(arguments);
  audit::Follower follower{*directory};
  if (auto begun = follower.begin(); !begun) return fail("audit tail", begun.error());
  std::deque<std::string> newest;
  const auto breaks = audit::export_records({&*directory}, filter, [&](std::string_view line) {
    newest.emplace_back(line);
    if (newest.size() > arguments.lines) newest.pop_front();
    return true;
  });
  if (!breaks) return fail("audit tail", breaks.error());
  auto output = Output::open({});
  for (const std::string& line : newest) output->write(line + "\n");
  const bool is_whole = report(*breaks, "audit tail");
  while (arguments.follow && output->finish()) {
    std::this_thread::sleep_for(kFollowPause);
    const auto read = follower.read([&](std::string_view line) {
      const auto parsed = audit::read_line(line);
      if (parsed && filter.passes(*parsed, line)) output->write(std::string{line} + "\n");
    });
    if (!read) return fail("audit tail", read.error());
  }
  if (auto finished = output->finish(); !finished) return fail("audit tail", finished.error());
  return is_whole ? EXIT_SUCCESS : config::kExitFailure;
}

}  // namespace toolpost::cli
