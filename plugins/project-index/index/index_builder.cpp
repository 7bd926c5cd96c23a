// SPDX-License-Identifier: Apache-2.0
#include "index/index_builder.hpp"

#include "files/work_together.hpp"
#include "index/checksum.hpp"
#include "index/merged_postings.hpp"
#include "index/posting_lists.hpp"
#include "index/section_writing.hpp"
#include "index/source_reading.hpp"
#include "index/trigrams.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <vector>

namespace toolpost::project_index {
namespace {

// What is read before the symbol parser gets it: so many files at most, and one in so many on
// average.
constexpr std::size_t kMaxBatchFiles = 128;
constexpr std::uint64_t kMeanBatchFiles = 48;
constexpr std::uint64_t kBatchBytes = std::uint64_t{1} << 20;
constexpr std::chrono::milliseconds kBetweenProgress{100};

// Files that are read together: [first, last) of the list.
struct Batch {
  std::uint32_t first = 0, last = 0;
};

// Their names decide where batches end: a file that appears changes the batch that it is in, and
// all others are what they are in another copy of the tree, whose symbols may be known (shared/).
bool ends_batch(std::string_view path) {
  return checksum(path) % kMeanBatchFiles == 0;
}

std::vector<Batch> batches_of(const std::vector<ListedFile>& files) {
  std::vector<Batch> batches;
  Batch batch;
  std::uint64_t bytes = 0;
  for (std::uint32_t file = 0; file < files.size(); ++file) {
    bytes += files[file].is_huge ? 0 : files[file].stamp.size;
    batch.last = file + 1;
    if (bytes < kBatchBytes && batch.last - batch.first < kMaxBatchFiles &&
        !ends_batch(files[file].path))
      continue;
    batches.push_back(batch);
    batch.first = batch.last;
    bytes = 0;
  }
  if (batch.last > batch.first) batches.push_back(batch);
  return batches;
}

// One build under way. Threads take batches in ascending order, so that each sees its files ascend.
class Build {
 public:
  Build(const BuildInput& input, const StopToken& stop)
      : input_(input),
        stop_(stop),
        files_(input.list.files),
        batches_(batches_of(files_)),
        records_(files_.size()),
        earlier_files_(files_.size(), UINT32_MAX),
        symbols_(static_cast<std::uint32_t>(files_.size())),
        lists_(std::max(input.threads, 1u)) {}

  Checked<Sections> run(const Progress& progress) && {
    const auto threads = std::min(lists_.size(), std::max<std::size_t>(batches_.size(), 1));
    work_together(
        static_cast<unsigned>(threads),
        [&](unsigned number) { work(lists_[number], number == 0 ? progress : Progress()); },
        [this] { next_batch_ = batches_.size(); });
    if (stop_.is_stopped()) return Refusal{"indexing was cancelled"};
    return sections();
  }

 private:
  void work(PostingLists& lists, const Progress& progress) {
    TrigramExtractor extractor;
    auto told = std::chrono::steady_clock::now();
    for (;;) {
      const auto number = next_batch_.fetch_add(1);
      if (number >= batches_.size() || stop_.is_stopped()) return;
      read(batches_[number], extractor, lists);
      const auto now = std::chrono::steady_clock::now();
      if (!progress || now - told < kBetweenProgress) continue;
      told = now;
      progress(batches_[number].last, files_.size(), "indexing");
    }
  }

  void read(const Batch& batch, TrigramExtractor& extractor, PostingLists& lists) {
    std::vector<std::string> texts;
    std::vector<std::uint32_t> numbers;
    for (auto file = batch.first; file < batch.last && !stop_.is_stopped(); ++file) {
      const auto& listed = files_[file];
      if (take_over(file, listed)) continue;
      auto source = read_source(input_.root, listed.path, listed.stamp, input_.max_file_bytes);
      records_[file] = source.record;
      lists.add(file, extractor.extract(source.text));
      if (input_.symbols == nullptr || source.text.empty() || !input_.symbols->covers(listed.path))
        continue;
      texts.push_back(std::move(source.text));
      numbers.push_back(file);
    }
    find_symbols(texts, numbers);
  }

  // False where the earlier index has no such file with that stamp.
  bool take_over(std::uint32_t file, const ListedFile& listed) {
    if (input_.earlier == nullptr) return false;
    const auto earlier = input_.earlier->files().find(listed.path);
    if (!earlier) return false;
    const auto record = input_.earlier->files().record(*earlier);
    if (record.stamp != listed.stamp || record.traits.is_unread) return false;
    records_[file] = record;
    earlier_files_[file] = *earlier;
    const auto symbols = input_.earlier->symbols().symbols_of(*earlier);
    if (!symbols.empty()) symbols_.add(file, symbols);
    return true;
  }

  void find_symbols(const std::vector<std::string>& texts,
                    const std::vector<std::uint32_t>& numbers) {
    if (texts.empty() || stop_.is_stopped()) return;
    std::vector<SourceText> sources;
    sources.reserve(texts.size());
    for (std::size_t index = 0; index < texts.size(); ++index)
      sources.push_back({files_[numbers[index]].path, texts[index]});
    const auto answers = input_.symbols->symbols_of_all(sources, stop_);
    for (std::size_t index = 0; index < answers.size() && index < numbers.size(); ++index) {
      if (answers[index].ok())
        symbols_.add(numbers[index], *answers[index]);
      else
        ++symbol_failures_;
    }
  }

  Sections sections() {
    Sections sections;
    FileTableWriter files;
    for (std::size_t file = 0; file < files_.size(); ++file)
      files.add(files_[file].path, records_[file]);
    put_files(sections, std::move(files));
    const auto symbol_count = symbols_.count();
    std::atomic<unsigned> next = 0;
    const auto work = [&](unsigned) {
      for (unsigned part = next++; part < 2; part = next++)
        part == 0 ? put_postings(sections) : put_symbols(sections, std::move(symbols_));
    };
    work_together(std::min(input_.threads, 2U), work, [&] { next = 2; });
    section(sections, SectionKind::kInfo) = packed_info({.identity = input_.identity,
                                                         .counts = input_.list.counts,
                                                         .stopped_by = input_.list.stopped_by,
                                                         .generation = input_.generation,
                                                         .symbol_count = symbol_count,
                                                         .symbol_failures = symbol_failures_});
    return sections;
  }

  void put_postings(Sections& sections) {
    auto trigrams = merged_postings(lists_, {input_.earlier, earlier_files_});
    section(sections, SectionKind::kTrigrams) = std::move(trigrams.directory);
    section(sections, SectionKind::kPostings) = std::move(trigrams.data);
    lists_.clear();
  }

  const BuildInput& input_;
  const StopToken& stop_;
  const std::vector<ListedFile>& files_;
  const std::vector<Batch> batches_;
  std::atomic<std::size_t> next_batch_ = 0;
  std::vector<FileRecord> records_;
  std::vector<std::uint32_t> earlier_files_;  // file -> its number in the earlier index
  SymbolTableWriter symbols_;
  std::atomic<std::uint64_t> symbol_failures_ = 0;
  std::vector<PostingLists> lists_;  // of each thread
};

}  // namespace

Checked<Sections> build_index(const BuildInput& input, const StopToken& stop,
                              const Progress& progress) {
  return Build(input, stop).run(progress);
}

}  // namespace toolpost::project_index
