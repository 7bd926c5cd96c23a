// SPDX-License-Identifier: Apache-2.0
#include "audit/closing.hpp"

#include "audit/line.hpp"
#include "audit/member.hpp"
#include "audit/segment_text.hpp"
#include "base/base64.hpp"
#include "base/read_at.hpp"
#include "base/write_all.hpp"
#include "json/raw.hpp"
#include "json/writer.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <map>
#include <sys/stat.h>
#include <unistd.h>

namespace toolpost::audit {
namespace {

// Of a chain that ended in order only the last lines are read.
constexpr std::size_t kTailBytes = std::size_t{192} << 10;
// A torn end goes into the record up to this size, beyond it into a file beside.
constexpr std::size_t kMaxTornBytes = std::size_t{32} << 10;
constexpr std::size_t kMaxUnfinished = 256;
// More than a checkpoint leaves uncovered.
constexpr std::size_t kMaxDigests = 1024;

struct OpenSegment {
  UniqueFd fd;
  std::uint64_t size = 0;
};

Result<OpenSegment> open_segment(const Directory& directory, const std::string& name) {
  OpenSegment opened{UniqueFd{
      ::openat(directory.fd(), name.c_str(), O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)}};
  if (!opened.fd) return errno_error("open " + directory.path() + "/" + name, errno);

  struct stat status {};

  if (::fstat(opened.fd.get(), &status) != 0) return errno_error("stat " + name, errno);
  opened.size = static_cast<std::uint64_t>(status.st_size);
  if (!S_ISREG(status.st_mode) || opened.size > kMaxSegmentBytes) {
    return Error{Errc::kInvalid, name + " is no segment: not a file, or larger than one can be"};
  }
  return opened;
}

// Begins within a segment; without a hash the first line is taken at its word.
struct Scan {
  std::uint64_t seq = 0;
  std::optional<Hash> hash;
  std::size_t sound_bytes = 0;
  std::string digests;  // of the records since the last checkpoint, that one included
  bool ends_with_stop = false;
  bool has_segment_record = false;
  bool has_checkpoint_behind = false;                 // behind the first line that is not sound
  bool has_lost_page = false;                         // there
  std::map<std::uint64_t, std::uint64_t> unfinished;  // call → seq of its intent
};

std::uint64_t raw_number_of(std::string_view line, std::string_view name) {
  std::uint64_t number = 0;
  for (const char c : json::find_raw(line, name).value_or("")) {
    if (c < '0' || c > '9') return 0;
    number = number * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return number;
}

bool take_line(Scan& scan, std::string_view text, const std::string& chain) {
  const auto line = read_line(text);
  if (!line || line->chain != chain) return false;
  if (scan.hash) {
    Hash after{};
    if (line->seq != scan.seq + 1 || !follows(*line, *scan.hash, &after)) return false;
    scan.hash = after;
  } else {
    scan.hash = to_hash(line->hash);
    if (!scan.hash) return false;
  }
  scan.seq = line->seq;
  if (line->type == "checkpoint" || scan.digests.size() >= kMaxDigests * kDigestBytes) {
    scan.digests.clear();
  }
  scan.digests.append(bytes_of(*scan.hash).substr(0, kDigestBytes));
  if (line->type == "intent") scan.unfinished.emplace(raw_number_of(text, "call"), line->seq);
  if (line->type == "outcome") scan.unfinished.erase(raw_number_of(text, "call"));
  scan.has_segment_record = scan.has_segment_record || line->type == "segment";
  // Its checkpoint stands behind it.
  if (line->type != "checkpoint") scan.ends_with_stop = line->type == "stop";
  return true;
}

void scan_lines(Scan& scan, std::string_view text, const std::string& chain) {
  LineSplitter lines{text};
  std::string_view line;
  bool is_sound = true;
  while (lines.next(line)) {
    if (is_sound) {
      is_sound = take_line(scan, line, chain);
      scan.has_lost_page = !is_sound && line.find('\0') != std::string_view::npos;
    }
    if (is_sound) {
      scan.sound_bytes = lines.at();
    } else if (line.find(R"("type":"checkpoint")") != std::string_view::npos) {
      scan.has_checkpoint_behind = true;
    }
  }
}

// The first segment begins the chain; of a later one the first line is taken at its word here, and
// checked by whoever verifies.
Scan scan_segment(std::string_view text, const std::string& chain, std::uint32_t segment) {
  Scan scan;
  if (segment == 1) scan.hash = genesis(chain);
  scan_lines(scan, text, chain);
  return scan;
}

// Of what was scanned what is sound, and where that begins in the segment.
struct Sound {
  std::uint64_t begin = 0;
  std::string text;
};

// Only when its end shows that it ended in order; else nothing.
std::optional<Scan> scan_tail(const OpenSegment& segment, const std::string& chain, Sound& sound) {
  const std::uint64_t begin = segment.size > kTailBytes ? segment.size - kTailBytes : 0;
  auto tail = read_at(segment.fd.get(), begin, segment.size - begin);
  if (!tail || tail->empty() || tail->back() != '\n') return std::nullopt;
  const std::size_t first = begin == 0 ? 0 : tail->find('\n') + 1;
  Scan scan;
  scan_lines(scan, std::string_view{*tail}.substr(first), chain);
  if (!scan.ends_with_stop || first + scan.sound_bytes != tail->size()) return std::nullopt;
  scan.sound_bytes = segment.size;
  sound = {begin, std::move(*tail)};
  scan.unfinished.clear();  // their outcomes may be, their intents are not in what was read
  return scan;
}

struct End {
  bool is_alive = false;
  UniqueFd file;
  std::uint32_t segment = 0;
  Scan scan;
  Sound sound;
  std::string torn;                  // what stands behind the last sound line
  std::vector<std::string> unbegun;  // see EndedChain
};

// Its process may have gone on since the segments were listed: the next one has its name before the
// lock of this one ends.
bool has_gone_on(const Directory& directory, const std::string& chain, std::uint32_t segment) {
  const std::string next = segment_file_name(chain, segment + 1);
  return ::faccessat(directory.fd(), next.c_str(), F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

// From the newest segment backward, past those that were to begin with a `segment` record and did
// not get so far: nothing in them counts.
Result<End> find_end(const Directory& directory, const std::string& chain,
                     const std::vector<std::uint32_t>& segments) {
  End end;
  for (auto one = segments.rbegin(); one != segments.rend(); ++one) {
    const std::string name = segment_file_name(chain, *one);
    auto segment = open_segment(directory, name);
    if (!segment) return segment.error();
    end.is_alive = !try_lock(segment->fd.get()) ||
                   (one == segments.rbegin() && has_gone_on(directory, chain, *one));
    if (end.is_alive) return end;
    end.segment = *one;
    end.torn.clear();
    auto tail = scan_tail(*segment, chain, end.sound);
    if (tail) {
      end.scan = std::move(*tail);
    } else {
      auto text = read_at(segment->fd.get(), 0, segment->size);
      if (!text) return std::move(text).error().in(directory.path() + "/" + name);
      end.scan = scan_segment(*text, chain, *one);
      end.torn = text->substr(end.scan.sound_bytes);
      text->resize(end.scan.sound_bytes);
      end.sound = {0, std::move(*text)};
    }
    end.file = std::move(segment->fd);
    if (*one == 1 || tail || end.scan.has_segment_record || one + 1 == segments.rend()) break;
    end.unbegun.push_back(name);
  }
  return end;
}

// What is said of its end must stay true. Its process may have been killed before that was on the
// disk, or a sync may have failed: then what is in memory gets to the disk only when it is written
// anew. Of a chain that ended in order no more than its tail is in question (see Journal::seal).
Result<> bring_to_disk(const End& end) {
  const int fd = end.file.get();
  if (::lseek(fd, static_cast<off_t>(end.sound.begin), SEEK_SET) < 0) {
    return errno_error("seek", errno);
  }
  if (auto written = write_all(fd, end.sound.text); !written) return written;
  if (::fdatasync(fd) != 0) return errno_error("sync", errno);
  return {};
}

Result<> describe_torn(json::Writer& writer, const Directory& directory, const std::string& chain,
                       const End& end) {
  if (end.torn.size() <= kMaxTornBytes) {
    std::string base64;
    append_base64(base64, end.torn);
    writer.member("torn", std::string_view{base64});
    return {};
  }
  const std::string name = segment_file_name(chain, end.segment) + ".torn";
  writer.member("torn_file", std::string_view{name});
  return directory.replace(name, end.torn);
}

void describe_unfinished(json::Writer& writer, const Scan& scan) {
  if (scan.unfinished.empty() || scan.ends_with_stop) return;
  writer.key("unfinished").begin_array();
  std::size_t count = 0;
  for (const auto& [call, seq] : scan.unfinished) {
    if (++count <= kMaxUnfinished) writer.integer(static_cast<std::int64_t>(seq));
  }
  writer.end_array();
}

// A chain that cannot be read must not keep the server from starting; it is said to be so.
EndedChain unreadable(const std::string& chain, const Error& reason) {
  EndedChain ended;
  ended.name = chain;
  ended.is_damaged = true;
  json::Writer writer{ended.object};
  writer.begin_object().member("of", std::string_view{chain}).member("damaged", true);
  writer.member("error", std::string_view{reason.message()}).end_object();
  return ended;
}

}  // namespace

std::string first_hash(const Directory& directory, const std::string& chain) {
  auto segment = open_segment(directory, segment_file_name(chain, 1));
  if (!segment) return {};
  const auto text =
      read_at(segment->fd.get(), 0, std::min<std::uint64_t>(segment->size, kMaxLineBytes));
  std::string_view line;
  if (!text || !LineSplitter{*text}.next(line)) return {};
  const auto read = read_line(line);
  return read && read->seq == 1 ? std::string{read->hash} : std::string{};
}

Result<std::optional<EndedChain>> look_at_end(const Directory& directory, const std::string& chain,
                                              const std::vector<std::uint32_t>& segments) {
  auto found = find_end(directory, chain, segments);
  if (!found) return std::optional{unreadable(chain, found.error())};
  if (found->is_alive) return std::optional<EndedChain>{};
  End& end = *found;
  const Scan& scan = end.scan;
  EndedChain ended;
  ended.name = chain;
  ended.bytes = scan.sound_bytes;
  // A signed line behind one that is wrong: that is no torn end, except where a page is missing
  // that was not synced. It reads as zeros, which no record holds; the pages behind it may have got
  // to the disk, checkpoints included, and several of them, because records go on while a sync
  // lasts. Who writes zeros there gains no more than who cuts the end off, which nothing in this
  // directory can show before the chain is closed; what was there is kept in both cases, and the
  // second place shows both.
  ended.is_damaged = scan.has_checkpoint_behind && !scan.has_lost_page;
  ended.is_torn = !end.torn.empty() && !ended.is_damaged;
  if (!ended.is_damaged) {
    if (auto kept = bring_to_disk(end); !kept) {
      return std::move(kept).error().in(directory.path() + "/" +
                                        segment_file_name(chain, end.segment));
    }
  }

  json::Writer writer{ended.object};
  writer.begin_object().member("of", std::string_view{chain});
  writer.member("segment", std::int64_t{end.segment});
  writer.member("last", static_cast<std::int64_t>(scan.seq));
  writer.member("head", std::string_view{to_text(scan.hash.value_or(genesis(chain)))});
  writer.member("bytes", static_cast<std::int64_t>(ended.bytes));
  std::string digests;
  append_base64url(digests, scan.digests);
  writer.member("from",
                static_cast<std::int64_t>(scan.seq - scan.digests.size() / kDigestBytes + 1));
  writer.member("digests", std::string_view{digests});
  writer.member("clean", scan.ends_with_stop && end.torn.empty() && end.unbegun.empty());
  if (ended.is_damaged) writer.member("damaged", true);
  if (ended.is_torn) {
    if (auto kept = describe_torn(writer, directory, chain, end); !kept) return kept.error();
  }
  if (!end.unbegun.empty()) {
    writer.key("unbegun").begin_array();
    for (const std::string& name : end.unbegun) writer.string(name + ".torn");
    writer.end_array();
  }
  describe_unfinished(writer, scan);
  writer.end_object();
  ended.unbegun = std::move(end.unbegun);
  ended.file = std::move(end.file);
  return std::optional{std::move(ended)};
}

}  // namespace toolpost::audit
