// SPDX-License-Identifier: Apache-2.0
// audit verify: says what is proven, and what is not.
#include "cli/commands.hpp"
#include "cli/ledger.hpp"
#include "json/writer.hpp"

#include <cstdio>
#include <cstdlib>

namespace toolpost::cli {
namespace {

const char* words_for(audit::ChainState state) {
  switch (state) {
    case audit::ChainState::kLiving:
      return "being written";
    case audit::ChainState::kClosed:
      return "closed";
    case audit::ChainState::kOpen:
      return "ended, not closed by a later start yet";
  }
  return "unknown";
}

std::uint64_t uncovered(const audit::ChainReport& chain) {
  return chain.records > chain.covered ? chain.records - chain.covered : 0;
}

void print_damage(const audit::Damage& damage) {
  std::string place = damage.file;
  if (damage.line != 0) place += ":" + std::to_string(damage.line);
  if (!place.empty()) place = " (" + place + ")";
  if (damage.seq == 0) {
    std::printf("DAMAGED %s: %s\n", damage.chain.c_str(), damage.what.c_str());
  } else {
    std::printf("DAMAGED %s record %llu%s: %s\n", damage.chain.c_str(),
                static_cast<unsigned long long>(damage.seq), place.c_str(), damage.what.c_str());
  }
}

void print_text(const audit::Report& report) {
  for (const audit::Damage& damage : report.damages) print_damage(damage);
  std::uint64_t not_covered = 0;
  for (const audit::ChainReport& chain : report.chains) {
    not_covered += uncovered(chain);
    std::printf("%s  %llu records, %s", chain.chain.c_str(),
                static_cast<unsigned long long>(chain.records), words_for(chain.state));
    if (uncovered(chain) != 0) {
      std::printf(", %llu not covered", static_cast<unsigned long long>(uncovered(chain)));
    }
    if (chain.torn_bytes != 0) {
      std::printf(", %llu bytes of a record that is not whole",
                  static_cast<unsigned long long>(chain.torn_bytes));
    }
    std::printf("\n");
  }
  std::printf("%s: %llu records in %zu chains, %llu not covered by a checkpoint yet\n",
              report.damages.empty() ? "sound" : "damaged",
              static_cast<unsigned long long>(report.records), report.chains.size(),
              static_cast<unsigned long long>(not_covered));
  if (report.unread_anchor_lines != 0) {
    std::printf(
        "the anchor's line %zu cannot be read (%zu such lines): what it said is not checked\n",
        report.first_unread_anchor_line, report.unread_anchor_lines);
  }
  if (!report.has_anchor) {
    std::printf(
        "without a checkpoint in --anchor: a ledger that was taken back to an earlier state as a "
        "whole, or whose "
        "newest chains were removed, is not found\n");
  }
}

void print_json(const audit::Report& report) {
  std::string text;
  json::Writer writer{text};
  const auto number = [](std::uint64_t value) { return static_cast<std::int64_t>(value); };
  writer.begin_object().member("sound", report.damages.empty());
  writer.member("anchored", report.has_anchor);
  writer.member("unread_anchor_lines", number(report.unread_anchor_lines));
  writer.member("records", number(report.records));
  writer.member("bytes", number(report.bytes)).key("damages").begin_array();
  for (const audit::Damage& damage : report.damages) {
    writer.begin_object().member("chain", std::string_view{damage.chain});
    if (damage.seq != 0) writer.member("seq", number(damage.seq));
    if (!damage.file.empty()) writer.member("file", std::string_view{damage.file});
    if (damage.line != 0) writer.member("line", number(damage.line));
    writer.member("what", std::string_view{damage.what}).end_object();
  }
  writer.end_array().key("chains").begin_array();
  for (const audit::ChainReport& chain : report.chains) {
    writer.begin_object().member("chain", std::string_view{chain.chain});
    writer.member("state", chain.state == audit::ChainState::kLiving   ? "living"
                           : chain.state == audit::ChainState::kClosed ? "closed"
                                                                       : "open");
    writer.member("first", number(chain.first)).member("records", number(chain.records));
    writer.member("covered", number(chain.covered));
    writer.member("segments", number(chain.segments));
    writer.member("torn_bytes", number(chain.torn_bytes)).end_object();
  }
  writer.end_array().end_object();
  std::printf("%s\n", text.c_str());
}

}  // namespace

int audit_verify(const config::Config& config, const config::AuditArguments& arguments) {
  const auto options = verify_options(config, arguments);
  if (!options) {
    complain("audit verify: " + options.error().message());
    return config::kExitFailure;
  }
  const auto directory = open_ledger(config, arguments);
  const auto report =
      directory ? audit::verify(*directory, *options) : Result<audit::Report>{directory.error()};
  if (!report) {
    complain("audit verify: " + report.error().message());
    return config::kExitFailure;
  }
  if (arguments.json) {
    print_json(*report);
  } else {
    print_text(*report);
  }
  return report->damages.empty() ? EXIT_SUCCESS : config::kExitDamaged;
}

}  // namespace toolpost::cli
