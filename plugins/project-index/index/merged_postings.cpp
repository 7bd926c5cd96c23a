// SPDX-License-Identifier: Apache-2.0
#include "index/merged_postings.hpp"

#include "index/postings.hpp"

#include <algorithm>
#include <iterator>
#include <memory>

namespace toolpost::project_index {
namespace {

using Numbers = std::vector<std::uint32_t>;

// The earlier index's postings in the new numbers, trigram by trigram.
class EarlierPostings {
 public:
  explicit EarlierPostings(const TakenOver& taken) : earlier_(*taken.earlier) {
    new_numbers_.assign(earlier_.files().count(), UINT32_MAX);
    for (std::uint32_t file = 0; file < taken.numbers.size(); ++file)
      if (taken.numbers[file] != UINT32_MAX) new_numbers_[taken.numbers[file]] = file;
    advance();
  }

  bool is_at_end() const { return is_at_end_; }

  std::uint32_t trigram() const { return walk_.trigram(); }

  // Both orders are that of the paths: what ascended still does.
  void append_files(Numbers& files) {
    // Damage would have to have a right checksum; what can be read then is taken.
    decode_postings(walk_.postings(), earlier_.files().count(), earlier_files_);
    for (const auto file : earlier_files_)
      if (new_numbers_[file] != UINT32_MAX) files.push_back(new_numbers_[file]);
  }

  void advance() { is_at_end_ = !walk_.next(); }

 private:
  const IndexFile& earlier_;
  TrigramTableWalk walk_{earlier_.trigrams()};
  Numbers new_numbers_;
  Numbers earlier_files_;
  bool is_at_end_ = false;
};

Numbers all_trigrams(std::span<const PostingLists> lists) {
  Numbers all;
  for (const auto& list : lists) {
    const auto more = list.trigrams();
    Numbers both;
    std::set_union(all.begin(), all.end(), more.begin(), more.end(), std::back_inserter(both));
    all.swap(both);
  }
  return all;
}

}  // namespace

TrigramTableWriter merged_postings(std::span<const PostingLists> lists, const TakenOver& taken) {
  const auto trigrams = all_trigrams(lists);
  const auto file_count = static_cast<std::uint32_t>(taken.numbers.size());
  std::unique_ptr<EarlierPostings> earlier;
  if (taken.earlier != nullptr) earlier = std::make_unique<EarlierPostings>(taken);
  TrigramTableWriter table;
  Numbers files;
  std::string packed;
  auto next = trigrams.begin();
  const auto earlier_left = [&] { return earlier && !earlier->is_at_end(); };
  while (next != trigrams.end() || earlier_left()) {
    const auto trigram = !earlier_left()          ? *next
                         : next == trigrams.end() ? earlier->trigram()
                                                  : std::min(*next, earlier->trigram());
    files.clear();
    // Each source ascends by itself.
    const auto merge_from = [&](std::size_t middle) {
      std::inplace_merge(files.begin(), files.begin() + static_cast<std::ptrdiff_t>(middle),
                         files.end());
    };
    for (const auto& list : lists) {
      const auto middle = files.size();
      list.append_files(trigram, files);
      merge_from(middle);
    }
    if (earlier_left() && earlier->trigram() == trigram) {
      const auto middle = files.size();
      earlier->append_files(files);
      merge_from(middle);
      earlier->advance();
    }
    if (next != trigrams.end() && *next == trigram) ++next;
    if (files.empty()) continue;
    packed.clear();
    encode_postings(files, file_count, packed);
    table.add(trigram, packed);
  }
  return table;
}

}  // namespace toolpost::project_index
