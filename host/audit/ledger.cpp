// SPDX-License-Identifier: Apache-2.0
#include "audit/ledger.hpp"

#include "audit/closing.hpp"
#include "json/parser.hpp"
#include "json/writer.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <unistd.h>

namespace toolpost::audit {
namespace {

constexpr const char* kMemory = "ledger.json";
constexpr std::size_t kMaxMemoryBytes = std::size_t{64} << 20;
// A start that ended before its first record is no predecessor; the one before it is.
constexpr std::size_t kMaxStarts = 8;

bool read_names(const json::Value* list, std::vector<std::string>& names) {
  if (list == nullptr || !list->is_array()) return false;
  for (const json::Value& name : list->items()) {
    if (!name.is_string() || !is_chain_name(name.as_string())) return false;
    names.emplace_back(name.as_string());
  }
  return true;
}

void write_names(json::Writer& writer, const std::vector<std::string>& names) {
  writer.begin_array();
  for (const std::string& name : names) writer.string(name);
  writer.end_array();
}

}  // namespace

// It only saves work: without it every chain is looked at again.
void Ledger::recall() {
  const auto text = directory_->read(kMemory, kMaxMemoryBytes);
  const auto document = text ? json::parse(*text) : Result<json::Document>{invalid("")};
  if (!document) return;
  has_memory_ = read_names(document->root().find("starts"), starts_) &&
                read_names(document->root().find("open"), open_);
  if (!has_memory_) starts_.clear(), open_.clear();
}

Result<> Ledger::remember() const {
  std::string text;
  json::Writer writer{text};
  writer.begin_object().key("starts");
  write_names(writer, starts_);
  writer.key("open");
  write_names(writer, open_);
  writer.end_object();
  return directory_->replace(kMemory, text + "\n");
}

Result<Ledger> Ledger::enter(const Directory& directory, const LedgerLock&, std::string own_chain) {
  Ledger ledger{directory};
  auto segments = directory.segments();
  if (!segments) return segments.error();
  ledger.recall();
  if (!ledger.has_memory_) {
    for (const auto& [chain, numbers] : *segments) ledger.open_.push_back(chain);
    ledger.starts_.assign(ledger.open_.rbegin(), ledger.open_.rend());
  }
  for (const std::string& chain : ledger.starts_) {
    const std::string hash = first_hash(directory, chain);
    const auto found = segments->find(chain);
    // Its first records may have been removed by order while it lived.
    const bool has_begun = !hash.empty() || (found != segments->end() && found->second.front() > 1);
    if (!has_begun) continue;
    json::Writer writer{ledger.previous_};
    writer.begin_object().member("chain", std::string_view{chain});
    if (!hash.empty()) writer.member("hash", std::string_view{hash});
    writer.end_object();
    break;
  }
  for (const std::string& chain : ledger.open_) {
    const auto found = segments->find(chain);
    if (found == segments->end()) continue;  // it never began, or has been removed by order
    auto ended = look_at_end(directory, chain, found->second);
    if (!ended) return ended.error();
    if (*ended) ledger.ended_.push_back(std::move(**ended));
  }
  std::erase_if(ledger.open_, [&](const std::string& chain) { return !segments->contains(chain); });
  // Before its first segment is there, so that it is never overlooked.
  ledger.starts_.insert(ledger.starts_.begin(), own_chain);
  if (ledger.starts_.size() > kMaxStarts) ledger.starts_.resize(kMaxStarts);
  ledger.open_.push_back(std::move(own_chain));
  if (auto remembered = ledger.remember(); !remembered) return remembered.error();
  return ledger;
}

Result<> Ledger::finish() {
  for (const EndedChain& chain : ended_) {
    if (chain.is_torn && (::ftruncate(chain.file.get(), static_cast<off_t>(chain.bytes)) != 0 ||
                          ::fsync(chain.file.get()) != 0)) {
      return errno_error("cut the torn end of " + chain.name, errno);
    }
    for (const std::string& name : chain.unbegun) {
      const std::string kept = name + ".torn";
      if (::renameat(directory_->fd(), name.c_str(), directory_->fd(), kept.c_str()) != 0) {
        return errno_error("rename " + name, errno);
      }
    }
    std::erase(open_, chain.name);
  }
  if (ended_.empty()) return {};
  return remember();
}

}  // namespace toolpost::audit
