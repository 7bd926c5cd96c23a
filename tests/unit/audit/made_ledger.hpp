// SPDX-License-Identifier: Apache-2.0
// A ledger in a directory of its own, with processes that write chains into it at any time.
#pragma once

#include "audit/chain_writer.hpp"
#include "audit/ledger.hpp"
#include "audit/verify.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>

namespace toolpost::audit {

inline constexpr std::int64_t kDay = std::int64_t{86'400} * 1'000'000;

// A process that writes a chain.
struct Process {
  std::string name;
  std::unique_ptr<ChainWriter> writer;

  void note(std::int64_t day) const {
    REQUIRE(writer->append("outcome", day * kDay, R"({"outcome":"ok"})").has_value());
  }

  void rotate(std::int64_t day) const {
    REQUIRE(writer->seal(day * kDay).has_value());
    REQUIRE(writer->continue_in_new_segment(day * kDay, R"({"reason":"age"})").has_value());
    note(day);
    REQUIRE(writer->seal(day * kDay).has_value());
  }

  std::uint64_t record(std::int64_t day, std::string_view type, const std::string& object) const {
    REQUIRE(writer->append(type, day * kDay, object).has_value());
    const std::uint64_t seq = writer->seq();
    REQUIRE(writer->seal(day * kDay).has_value());
    return seq;
  }
};

class MadeLedger {
 public:
  MadeLedger() {
    std::string path = (std::filesystem::temp_directory_path() / "toolpost-audit-XXXXXX").string();
    REQUIRE(::mkdtemp(path.data()) != nullptr);
    root = path;
    directory.emplace(*Directory::open_or_make(root / "audit"));
    key.emplace(*SealKey::load_or_make(root / "audit.key"));
  }

  ~MadeLedger() { std::filesystem::remove_all(root); }

  VerifyKeys keys() const { return {key->public_key()}; }

  // As a start does it, with everything on the disk; and one more record.
  Process start(std::int64_t day) const {
    Process process{*make_chain_name(day * 86'400), nullptr};
    auto lock = LedgerLock::take(*directory);
    auto ledger = Ledger::enter(*directory, *lock, process.name);
    REQUIRE(ledger.has_value());
    process.writer = std::make_unique<ChainWriter>(*directory, *key, process.name);
    REQUIRE(process.writer->open().has_value());
    const std::string previous =
        ledger->previous().empty() ? "{}" : "{\"previous\":" + ledger->previous() + "}";
    REQUIRE(process.writer->append("start", day * kDay, previous).has_value());
    for (const EndedChain& ended : ledger->ended()) {
      REQUIRE(process.writer->append("closed", day * kDay, ended.object).has_value());
    }
    REQUIRE(process.writer->seal(day * kDay).has_value());
    REQUIRE(ledger->finish().has_value());
    process.note(day);
    REQUIRE(process.writer->seal(day * kDay).has_value());
    return process;
  }

  Report report(std::optional<Anchors> anchors = {}) const {
    auto report = verify(*directory, {keys(), std::move(anchors)});
    REQUIRE(report.has_value());
    return std::move(*report);
  }

  std::vector<Damage> damages(std::optional<Anchors> anchors = {}) const {
    return report(std::move(anchors)).damages;
  }

  bool has(const Process& process, std::uint32_t segment) const {
    return std::filesystem::exists(path(process, segment));
  }

  std::filesystem::path path(const Process& process, std::uint32_t segment = 1) const {
    return root / "audit" / segment_file_name(process.name, segment);
  }

  std::string read(const Process& process, std::uint32_t segment = 1) const {
    std::ifstream in{path(process, segment), std::ios::binary};
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
  }

  void write(const Process& process, const std::string& text, std::uint32_t segment = 1) const {
    std::ofstream{path(process, segment), std::ios::binary} << text;
  }

  std::filesystem::path root;
  std::optional<Directory> directory;
  std::optional<SealKey> key;
};

}  // namespace toolpost::audit
