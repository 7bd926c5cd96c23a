// SPDX-License-Identifier: Apache-2.0
// The first byte says how the rest is read: as segments as they stand, as an anchor, or, line by
// line, as a type and the members of records that are then hashed and sealed as they should be, so
// that what lies behind the hashes is reached, too. Whoever reads such a ledger comes to an end.
#include "audit/chain.hpp"
#include "audit/checkpoint.hpp"
#include "audit/closing.hpp"
#include "audit/export.hpp"
#include "audit/retention.hpp"
#include "audit/verify.hpp"
#include "base/check.hpp"
#include "base/write_all.hpp"
#include "json/parser.hpp"
#include "json/raw.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <fcntl.h>
#include <string>
#include <string_view>
#include <unistd.h>

namespace {

using namespace toolpost;
using namespace toolpost::audit;

const std::string kFirst = "20260101T000000Z-0000000000000001";
const std::string kSecond = "20260101T000001Z-0000000000000002";

// RFC 8032, section 7.1, test 1: a key that everybody knows.
constexpr const char* kPem = R"(-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g
-----END PRIVATE KEY-----
)";

class Place {
 public:
  Place() {
    std::string path = "/dev/shm/toolpost-audit-fuzz-XXXXXX";
    TOOLPOST_CHECK(::mkdtemp(path.data()) != nullptr);
    directory_.emplace(*Directory::open(path));
  }

  ~Place() {
    write(kFirst, 1, {});
    write(kFirst, 2, {});
    write(kSecond, 1, {});
    ::unlinkat(directory_->fd(), "ledger.lock", 0);
    ::rmdir(directory_->path().c_str());
  }

  const Directory& directory() const { return *directory_; }

  // Without a text the file goes.
  void write(const std::string& chain, std::uint32_t segment, std::string_view text) const {
    const std::string name = segment_file_name(chain, segment);
    ::unlinkat(directory_->fd(), name.c_str(), 0);
    if (text.empty()) return;
    const UniqueFd fd{::openat(directory_->fd(), name.c_str(), O_WRONLY | O_CREAT, 0600)};
    TOOLPOST_CHECK(write_all(fd.get(), text).has_value());
  }

 private:
  std::optional<Directory> directory_;
};

// A line each: "type {members}". What is no object, or names a member of every record, is left out.
std::string sealed(const SealKey& key, const std::string& name, std::string_view input) {
  Chain chain{name};
  std::string text;
  LineSplitter lines{input};
  for (std::string_view line; lines.next(line);) {
    const std::size_t space = line.find(' ');
    if (line == "checkpoint" && chain.uncovered() != 0) {
      TOOLPOST_CHECK(chain.append_checkpoint(text, key, 0).has_value());
    }
    if (space == std::string_view::npos) continue;
    const std::string_view type = line.substr(0, space);
    const std::string_view object = line.substr(space + 1);
    const bool is_type =
        type == "start" || type == "closed" || type == "retention" || type == "outcome";
    const auto document = json::parse(object);
    if (!is_type || !document || !document->root().is_object() || object.back() != '}' ||
        object.front() != '{') {
      continue;
    }
    chain.append(text, type, 0, object);
  }
  return text;
}

void read_all(const Place& place, const VerifyKeys& keys) {
  const auto report = verify(place.directory(), {keys, {}});
  TOOLPOST_CHECK(report.has_value());
  for (const ChainReport& chain : report->chains) TOOLPOST_CHECK(chain.covered <= chain.records);
  const auto breaks =
      export_records({&place.directory()}, {.user = "ann"}, [](std::string_view) { return true; });
  TOOLPOST_CHECK(breaks.has_value());
  const auto segments = place.directory().segments();
  for (const auto& [chain, numbers] : *segments) {
    TOOLPOST_CHECK(look_at_end(place.directory(), chain, numbers).has_value());
    first_hash(place.directory(), chain);
  }
  const auto lock = LedgerLock::take(place.directory());
  const auto plan = plan_retention(place.directory(), *lock, keys, "2030-01-01T00:00:00Z", {});
  TOOLPOST_CHECK(plan.has_value());
  TOOLPOST_CHECK(plan->object.empty() || json::parse(plan->object).has_value());
}

}  // namespace

// NOLINTNEXTLINE(readability-identifier-naming): the name is libFuzzer's
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Place place;
  static const SealKey key = *SealKey::from_pem(kPem);
  const VerifyKeys keys{key.public_key()};
  if (size == 0) return 0;
  const std::string_view rest{reinterpret_cast<const char*>(data) + 1, size - 1};
  const std::size_t half = std::min(rest.find('\x01'), rest.size());
  const std::string_view first = rest.substr(0, half);
  const std::string_view second = half == rest.size() ? std::string_view{} : rest.substr(half + 1);
  switch (data[0] % 3) {
    case 0:
      place.write(kFirst, 1, first);
      place.write(kFirst, 2, second);
      place.write(kSecond, 1, {});
      break;
    case 1:
      place.write(kFirst, 1, sealed(key, kFirst, first));
      place.write(kFirst, 2, {});
      place.write(kSecond, 1, sealed(key, kSecond, second));
      break;
    default:
      static_cast<void>(read_anchors(rest));
      return 0;
  }
  read_all(place, keys);
  return 0;
}
