// SPDX-License-Identifier: Apache-2.0
#include "audit_setup.hpp"

#include "audit/ledger.hpp"
#include "base/base64.hpp"
#include "base/build_info.hpp"
#include "config/print.hpp"
#include "config_changes.hpp"
#include "identity/principal.hpp"
#include "json/writer.hpp"

#include <algorithm>
#include <array>
#include <unistd.h>

namespace toolpost {
namespace {

constexpr std::size_t kMaxSettingsBytes = std::size_t{4} << 20;

audit::JournalOptions journal_options(const config::Audit& options) {
  return {.sync_everything = options.durability == "strict",
          .stall = std::chrono::milliseconds{options.stall_ms},
          .segment_bytes = options.segment_bytes,
          .segment_age = std::chrono::seconds{options.segment_age_s},
          .calls_go_on = options.on_failure == "allow"};
}

std::string host_name() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0) return "unknown";
  return name.data();
}

std::string base64url(std::string_view bytes) {
  std::string text;
  append_base64url(text, bytes);
  return text;
}

std::string start_record(const std::string& settings, std::string_view command,
                         const audit::VerifyKey& key, const std::string& previous) {
  std::string object;
  json::Writer writer{object};
  writer.begin_object().member("host", std::string_view{host_name()});
  writer.member("pid", std::int64_t{::getpid()}).member("command", command);
  writer.member("version", kVersion).member("key", std::string_view{key.id()});
  writer.member("public_key", std::string_view{base64url(key.bytes())});
  writer.member("config", std::string_view{audit::to_text(audit::sha256(settings))});
  if (!previous.empty()) writer.key("previous").raw(previous);
  writer.end_object();
  return object;
}

// "users recover" is to be a file name like any other.
std::string memory_of(std::string_view command) {
  std::string name = "config-" + std::string{command} + ".json";
  std::replace(name.begin(), name.end(), ' ', '-');
  return name;
}

// The members of a `config` record; empty when the last start of that command had the same.
std::string config_record(const audit::Directory& directory, std::string_view command,
                          const std::string& settings) {
  const auto before = directory.read(memory_of(command), kMaxSettingsBytes);
  const std::string changes = before ? config_changes(*before, settings) : std::string{};
  if (changes.empty()) return {};
  std::string object;
  json::Writer writer{object};
  writer.begin_object().member("command", command).key("changes").raw(changes).end_object();
  return object;
}

// A key is not made anew beside what another has sealed: nobody would believe either of them.
Result<audit::SealKey> seal_key(const audit::Directory& directory, const config::Audit& options,
                                Log& log) {
  const auto segments = directory.segments();
  if (!segments) return segments.error();
  auto key = audit::SealKey::load(options.key_file);
  const bool is_missing = !key && key.error().code() == Errc::kNotFound;
  if (is_missing && !segments->empty()) {
    return Error{Errc::kState, options.key_file + " is gone, and " + directory.path() +
                                   " holds records that it sealed; restore the key (toolpost "
                                   "backup restore), or move the records aside and begin anew"};
  }
  if (key && segments->empty()) {
    log.warn("the audit begins anew: its key is there, and no record",
             {{"directory", directory.path()}});
  }
  return is_missing ? audit::SealKey::load_or_make(options.key_file) : std::move(key);
}

}  // namespace

Result<std::unique_ptr<Audit>> Audit::open(const config::Config& config, std::string_view command,
                                           Log& log) {
  const config::Audit& options = config.audit;
  if (options.directory.empty()) {
    return invalid("no place for the audit is known; set audit.directory");
  }
  auto directory = audit::Directory::open_or_make(options.directory);
  if (!directory) return std::move(directory).error().in("audit.directory");
  auto lock = audit::LedgerLock::take(*directory);
  if (!lock) return std::move(lock).error().in("audit");
  auto key = seal_key(*directory, options, log);
  if (!key) return std::move(key).error().in("audit.key_file");
  auto chain = audit::make_chain_name(identity::unix_now());
  if (!chain) return chain.error();

  std::unique_ptr<Audit> opened{new Audit{std::move(*directory), std::move(*key)}};
  opened->anchor_required_ = options.anchor_required;
  opened->patience_ = std::chrono::milliseconds{options.stall_ms};
  if (!options.anchor_file.empty()) {
    auto second = audit::SecondSink::open(options.anchor_file, opened->key_.public_key(), log);
    if (!second) return std::move(second).error().in("audit.anchor_file");
    opened->second_ = std::move(*second);
  } else if (options.anchor_required) {
    return invalid("audit.anchor_required: there is no audit.anchor_file");
  }
  auto ledger = audit::Ledger::enter(opened->directory_, *lock, *chain);
  if (!ledger) return std::move(ledger).error().in("audit");
  std::vector<std::pair<std::string, std::string>> first;
  const std::string settings = config::to_json(config, config::Origins::kHide);
  first.emplace_back(
      "start", start_record(settings, command, opened->key_.public_key(), ledger->previous()));
  std::string changes = config_record(opened->directory_, command, settings);
  if (!changes.empty()) first.emplace_back("config", std::move(changes));
  for (const audit::EndedChain& ended : ledger->ended()) {
    first.emplace_back("closed", ended.object);
    if (ended.is_damaged) log.error("a chain of the audit is damaged", {{"chain", ended.name}});
  }
  auto journal = audit::Journal::open(opened->directory_, opened->key_, std::move(*chain),
                                      journal_options(options), first, opened->hooks(), log);
  if (!journal) return std::move(journal).error().in("audit");
  // Only now: a start that failed before has recorded nothing.
  if (auto kept = opened->directory_.replace(memory_of(command), settings); !kept) {
    return std::move(kept).error().in("audit");
  }
  if (auto finished = ledger->finish(); !finished) return std::move(finished).error().in("audit");
  opened->journal_ = std::move(*journal);
  opened->take_care(options.retain_days, command, log);
  return opened;
}

Result<> Audit::remember(std::string_view command, const std::string& settings) {
  auto kept = directory_.replace(memory_of(command), settings);
  if (!kept) return std::move(kept).error().in("audit");
  return {};
}

// Only a process that lives long enough.
void Audit::take_care(std::uint64_t retain_days, std::string_view command, Log& log) {
  if (retain_days == 0 || (command != "http" && command != "stdio")) return;
  caretaker_ = std::make_unique<audit::Caretaker>(
      directory_, key_.public_key(), *journal_,
      std::chrono::days{static_cast<std::int64_t>(retain_days)}, log);
}

audit::JournalHooks Audit::hooks() {
  return {.on_checkpoint =
              [this](std::string_view line) {
                if (second_) second_->push(line);
              },
          .on_tick =
              [this](audit::Journal& journal) {
                if (rotation_.look()) journal.ask_for_rotation("request");
                if (anchor_required_) journal.set_alone(!second_->is_well(patience_));
              }};
}

bool Audit::close(std::string_view reason, std::chrono::milliseconds patience, Log& log) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  const auto left = [&] {
    const auto time = deadline - std::chrono::steady_clock::now();
    return std::max(std::chrono::ceil<std::chrono::milliseconds>(time),
                    std::chrono::milliseconds::zero());
  };
  if (caretaker_) caretaker_->stop();
  if (!journal_->close(reason, patience)) {
    log.error("the audit was not sealed; the next start says what is missing");
  }
  const bool second_has_ended = !second_ || second_->close(left());
  const bool caretaker_has_ended = !caretaker_ || caretaker_->wait(left());
  return journal_->has_ended() && second_has_ended && caretaker_has_ended;
}

}  // namespace toolpost
