// SPDX-License-Identifier: Apache-2.0
#include "audit/retention_memory.hpp"

#include "audit/chain.hpp"
#include "audit/member.hpp"
#include "audit/proven.hpp"
#include "audit/segment_text.hpp"
#include "json/parser.hpp"
#include "json/writer.hpp"

namespace toolpost::audit {
namespace {

using Segments = std::map<std::string, std::vector<std::uint32_t>>;

constexpr const char* kHint = "retention.json";
constexpr std::size_t kMaxHintBytes = 4096;

// Adds what the segment's `retention` records say; the number of the last that is proven, or 0.
std::uint64_t gather(const SegmentText& segment, const std::string& chain, const VerifyKeys& keys,
                     RetentionWords& words) {
  if (segment.text.find(R"("type":"retention")") == std::string::npos) return 0;
  std::uint64_t last = 0;
  const auto before = segment.number == 1 ? std::optional{genesis(chain)} : std::nullopt;
  for_each_proven(segment.text, chain, before, keys, [&](const Line& line, std::string_view text) {
    if (line.type != "retention") return true;
    const auto document = json::parse(text);
    if (document) words.add(document->root());
    last = line.seq;
    return true;
  });
  return last;
}

// The newest segment of the chain that begins with this record or one before it.
std::uint32_t segment_of(const Directory& directory, const std::string& chain,
                         const std::vector<std::uint32_t>& numbers, std::uint64_t seq) {
  for (auto number = numbers.rbegin(); number != numbers.rend(); ++number) {
    const auto segment = read_segment(directory, chain, *number, kMaxLineBytes);
    std::string_view line;
    if (!segment || !LineSplitter{segment->text}.next(line)) continue;
    const auto first = read_line(line);
    if (first && first->seq <= seq) return *number;
  }
  return 0;
}

bool follow_hint(const Directory& directory, const Segments& segments, const VerifyKeys& keys,
                 RetentionWords& words) {
  const auto text = directory.read(kHint, kMaxHintBytes);
  const auto document = text ? json::parse(*text) : Result<json::Document>{invalid("")};
  if (!document) return false;
  const std::string chain = text_of(document->root(), "chain");
  const auto found = segments.find(chain);
  if (found == segments.end()) return false;
  const std::uint32_t number =
      segment_of(directory, chain, found->second, number_of(document->root(), "seq"));
  const auto segment =
      number == 0 ? Result<SegmentText>{invalid("")} : read_segment(directory, chain, number);
  return segment && gather(*segment, chain, keys, words) != 0;
}

}  // namespace

bool is_retention_proven(const Directory& directory, const std::string& chain, std::uint64_t seq,
                         const VerifyKeys& keys) {
  const auto segments = directory.segments();
  if (!segments || !segments->contains(chain)) return false;
  const std::uint32_t number = segment_of(directory, chain, segments->at(chain), seq);
  const auto segment =
      number == 0 ? Result<SegmentText>{invalid("")} : read_segment(directory, chain, number);
  RetentionWords words;
  return segment && gather(*segment, chain, keys, words) >= seq;
}

RetentionWords recall_retention(const Directory& directory, const Segments& segments,
                                const VerifyKeys& keys) {
  RetentionWords words;
  if (follow_hint(directory, segments, keys, words)) return words;
  for (const auto& [chain, numbers] : segments) {
    for (const std::uint32_t number : numbers) {
      const auto segment = read_segment(directory, chain, number);
      if (segment) gather(*segment, chain, keys, words);
    }
  }
  return words;
}

Result<> remember_retention(const Directory& directory, const std::string& chain,
                            std::uint64_t seq) {
  std::string text;
  json::Writer writer{text};
  writer.begin_object().member("chain", std::string_view{chain});
  writer.member("seq", static_cast<std::int64_t>(seq)).end_object();
  return directory.replace(kHint, text + "\n");
}

}  // namespace toolpost::audit
