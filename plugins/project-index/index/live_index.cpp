// SPDX-License-Identifier: Apache-2.0
#include "index/live_index.hpp"

#include "files/network_file_system.hpp"
#include "index/index_builder.hpp"
#include "index/listed_snapshot.hpp"
#include "index/source_reading.hpp"

#include <algorithm>
#include <utility>

namespace toolpost::project_index {
namespace {

// So many changed files are kept in memory beside the index on disk; more, and it is made anew with
// all that has not changed taken over.
constexpr std::size_t kMinOverlay = 256;
constexpr std::size_t kFilesPerOverlaid = 16;  // at most one in so many, if that is more

// Walks that follow directories which appear faster than they are watched.
constexpr int kMaxWalks = 3;

// Where changes are not told, at most one part in so many of the time goes into looking for them.
constexpr int kRestAfterLook = 10;

// More changed paths at once than this are found by a walk.
constexpr std::size_t kMaxSinglePaths = 64;

bool is_too_much(std::size_t changes, std::size_t files) {
  return changes > std::max(kMinOverlay, files / kFilesPerOverlaid);
}

bool decides_what_is_listed(std::string_view path) {
  const auto name = path.substr(path.rfind('/') + 1);
  return name == ".gitignore" || name == ".toolpostignore";
}

}  // namespace

Checked<std::unique_ptr<ProjectIndex>> ProjectIndex::open(const std::string& root,
                                                          IndexSettings settings) {
  auto directory = RootDirectory::open(root);
  if (!directory.ok()) return directory.refusal();
  settings.is_changed_elsewhere |= is_on_network_file_system(directory->get());
  return std::unique_ptr<ProjectIndex>(
      std::make_unique<LiveIndex>(std::move(*directory), std::move(settings)));
}

LiveIndex::LiveIndex(RootDirectory root, IndexSettings settings)
    : root_(std::move(root)),
      settings_(std::move(settings)),
      identity_{.root = root_.path(),
                .device = root_.device(),
                .inode = root_.inode(),
                .rules = rules_text(settings_.rules),
                .symbols = settings_.symbols ? settings_.symbols_version : std::string()},
      watch_(settings_.watches ? make_watch() : nullptr) {}

LiveIndex::~LiveIndex() {
  ends_.stop();
  if (watch_) watch_->stop();
}

Checked<ProjectIndex::SnapshotPointer> LiveIndex::snapshot(const StopToken& stop,
                                                           const Progress& progress) {
  const auto is_known = [this] { return current() != nullptr && !is_stale(); };
  if (is_known()) return current();
  {
    const auto turn = turns_.take(stop, progress, is_known);
    if (turn.is_ours()) return sweep(stop, shared(progress));
  }
  if (auto known = current()) return known;
  return Refusal{"indexing was cancelled"};
}

Checked<ProjectIndex::SnapshotPointer> LiveIndex::up_to_date(const StopToken& stop,
                                                             const Progress& progress) {
  auto known = snapshot(stop, progress);
  if (!known.ok() || !watch_) return known;
  watch_->catch_up(stop, settings_.longest_catch_up);
  return current();
}

Checked<ProjectIndex::SnapshotPointer> LiveIndex::listing(const StopToken& stop,
                                                          const Progress& progress) {
  const auto is_decided = [this] { return current() != nullptr || first_takes_long_; };
  if (!is_decided()) {
    const auto turn = turns_.take(stop, progress, is_decided);
    if (auto loaded = turn.is_ours() ? load() : Loaded(); loaded.index)
      return sweep_from(std::move(loaded), ManyChanges::kListed, stop, shared(progress));
  }
  if (current()) return up_to_date(stop, progress);
  const auto list = list_names(root_, settings_.rules, stop, settings_.threads);
  if (!list.ok()) return list.refusal();
  return listed_snapshot(*list, first_facts());
}

ProjectIndex::SnapshotPointer LiveIndex::vouched_for(const StopToken& stop) {
  if (!watch_ || is_blind_ || !watch_->catch_up(stop, settings_.longest_catch_up) ||
      has_missed_changes_)
    return nullptr;
  auto newest = current();
  return newest && newest->facts().stopped_by.empty() ? newest : nullptr;
}

Checked<ProjectIndex::SnapshotPointer> LiveIndex::refresh(const StopToken& stop,
                                                          const Progress& progress) {
  const auto turn = turns_.take(stop, progress, {});
  if (!turn.is_ours()) return Refusal{"indexing was cancelled"};
  return sweep(stop, shared(progress));
}

void LiveIndex::on_update(std::function<void(const std::vector<std::string>& changed)> function) {
  const std::lock_guard guard(mutex_);
  on_update_ = std::move(function);
}

bool LiveIndex::is_stale() const {
  return is_blind_ && Clock::now().time_since_epoch().count() >= trusted_until_;
}

ProjectIndex::SnapshotPointer LiveIndex::current() const {
  const std::lock_guard guard(mutex_);
  return current_;
}

void LiveIndex::publish(SnapshotPointer snapshot, const std::vector<std::string>& changed) {
  std::function<void(const std::vector<std::string>&)> tell;
  {
    const std::lock_guard guard(mutex_);
    // The first snapshot changes nothing for anybody.
    if (current_ != nullptr && !changed.empty()) tell = on_update_;
    current_ = std::move(snapshot);
  }
  if (tell) tell(changed);
}

void LiveIndex::complain(const std::string& sentence) const {
  if (settings_.complain) settings_.complain(sentence);
}

Progress LiveIndex::shared(const Progress& progress) {
  return [this, &progress](std::uint64_t done, std::uint64_t total, std::string_view what) {
    turns_.tell(done, total, what);
    if (progress) progress(done, total, what);
  };
}

SnapshotFacts LiveIndex::first_facts() const {
  SnapshotFacts facts;
  facts.has_symbols = settings_.symbols != nullptr;
  facts.max_file_bytes = settings_.rules.max_file_bytes;
  return facts;
}

bool LiveIndex::open_store() {
  if (store_ || settings_.directory.empty()) return store_ != nullptr;
  auto store = IndexStore::open(settings_.directory, identity_);
  if (store.ok()) store_ = std::move(*store);
  if (!store.ok() && !std::exchange(has_complained_of_store_, true))
    complain("the index of " + root_.path() + " is kept in memory only: " + store.refusal().text);
  return store_ != nullptr;
}

LiveIndex::Loaded LiveIndex::load() {
  Loaded out{nullptr, first_facts()};
  if (open_store()) {
    auto loaded = store_->load();
    out.facts.was_rebuilt = !loaded.ok();
    if (loaded.ok())
      out.index = std::move(*loaded);
    else
      out.facts.rebuilt_why = loaded.refusal().text;
  }
  if (out.index) {
    out.facts.generation = out.index->info().generation;
    out.facts.symbol_failures = out.index->info().symbol_failures;
  }
  if (!out.index) first_takes_long_ = true;
  return out;
}

Checked<ProjectIndex::SnapshotPointer> LiveIndex::sweep(const StopToken& stop,
                                                        const Progress& progress) {
  return sweep_from(current() ? Loaded() : load(), ManyChanges::kIndexed, stop, progress);
}

Checked<ProjectIndex::SnapshotPointer> LiveIndex::sweep_from(Loaded loaded, ManyChanges many,
                                                             const StopToken& stop,
                                                             const Progress& progress) {
  auto began = Clock::now();
  auto list = list_files(root_, settings_.rules, stop, settings_.threads);
  // What changed in a directory between the walk and its watch is told by neither; once watched,
  // all that follows is reported and looked at again.
  for (int again = 0; list.ok() && again < kMaxWalks && watch(list->directories); ++again) {
    began = Clock::now();
    list = list_files(root_, settings_.rules, stop, settings_.threads);
  }
  if (!list.ok()) return list.refusal();
  const auto took = Clock::now() - began;
  auto swept = take_in_all(*list, std::move(loaded), many, stop, progress);
  // What was not taken in is looked for again by the next who asks.
  if (swept.ok()) {
    has_missed_changes_ = false;
    ++looks_;
    const auto trusted = std::max<Clock::duration>(settings_.trusted_for, kRestAfterLook * took);
    trusted_until_ = (Clock::now() + trusted).time_since_epoch().count();
  }
  return swept;
}

Checked<ProjectIndex::SnapshotPointer> LiveIndex::take_in_all(const FileList& list, Loaded loaded,
                                                              ManyChanges many,
                                                              const StopToken& stop,
                                                              const Progress& progress) {
  if (const auto known = current()) return take_in(*known, list, many, stop, progress);
  if (loaded.index)
    return take_in(Snapshot(loaded.index, std::make_shared<Overlay>(), loaded.facts), list, many,
                   stop, progress);
  if (loaded.facts.was_rebuilt)
    complain("the index of " + root_.path() +
             " on disk is not used and made anew: " + loaded.facts.rebuilt_why);
  return rebuild(nullptr, list, std::move(loaded.facts), stop, progress);
}

Checked<ProjectIndex::SnapshotPointer> LiveIndex::take_in(const Snapshot& known,
                                                          const FileList& list, ManyChanges many,
                                                          const StopToken& stop,
                                                          const Progress& progress) {
  auto facts = known.facts();
  facts.counts = list.counts;
  facts.stopped_by = list.stopped_by;
  const auto changes = changes_between(known, list);
  const auto overlaid_already = known.overlay().files().size() + known.overlay().hidden().size();
  const auto count = overlaid_already + changes.count();
  const bool is_far_behind = is_too_much(count, known.file_count());
  if (is_far_behind || count > kMinOverlay) first_takes_long_ = true;
  if (first_takes_long_ && many == ManyChanges::kListed)
    return listed_snapshot(list, first_facts());
  if (is_far_behind) return rebuild(known.base_pointer(), list, std::move(facts), stop, progress);
  return overlaid(known, changes, std::move(facts), Settling::kWaitedFor, stop);
}

Checked<ProjectIndex::SnapshotPointer> LiveIndex::overlaid(const Snapshot& known,
                                                           const TreeChanges& changes,
                                                           SnapshotFacts facts, Settling settling,
                                                           const StopToken& stop) {
  auto files = read(changes.changed, facts, settling, stop);
  if (stop.is_stopped()) return Refusal{"indexing was cancelled"};
  facts.generation += changes.count() > 0 ? 1 : 0;
  auto next = std::make_shared<const Snapshot>(
      known.base_pointer(),
      changes.count() == 0
          ? known.overlay_pointer()
          : known.overlay().with(known.base().files(), std::move(files), changes.gone),
      std::move(facts));
  publish(next, changes.paths());
  return next;
}

std::vector<Overlay::File> LiveIndex::read(const std::vector<ListedFile>& files,
                                           SnapshotFacts& facts, Settling settling,
                                           const StopToken& stop) {
  std::vector<std::shared_ptr<OverlayFile>> made;
  std::vector<std::string> texts(files.size());
  std::vector<SourceText> sources;
  std::vector<std::size_t> numbers;
  for (const auto& listed : files) {
    if (stop.is_stopped()) return {};
    auto source =
        read_source(root_, listed.path, listed.stamp, settings_.rules.max_file_bytes, settling);
    const auto number = made.size();
    made.push_back(std::make_shared<OverlayFile>());
    made.back()->path = listed.path;
    made.back()->record = source.record;
    if (!settings_.symbols || source.text.empty() || !settings_.symbols->covers(listed.path))
      continue;
    texts[number] = std::move(source.text);
    sources.push_back({made[number]->path, texts[number]});
    numbers.push_back(number);
  }
  if (!sources.empty()) {
    auto answers = settings_.symbols->symbols_of_all(sources, stop);
    for (std::size_t index = 0; index < answers.size() && index < numbers.size(); ++index) {
      if (answers[index].ok())
        made[numbers[index]]->symbols = std::move(*answers[index]);
      else
        ++facts.symbol_failures;
    }
  }
  return {made.begin(), made.end()};
}

Checked<ProjectIndex::SnapshotPointer> LiveIndex::rebuild(
    const std::shared_ptr<const IndexFile>& earlier, const FileList& list, SnapshotFacts facts,
    const StopToken& stop, const Progress& progress) {
  const auto known = current();
  facts.counts = list.counts;
  facts.stopped_by = list.stopped_by;
  ++facts.generation;
  auto sections = build_index({.root = root_,
                               .list = list,
                               .identity = identity_,
                               .generation = facts.generation,
                               .max_file_bytes = settings_.rules.max_file_bytes,
                               .symbols = settings_.symbols.get(),
                               .threads = settings_.threads,
                               .earlier = earlier.get()},
                              stop, progress);
  if (!sections.ok()) return sections.refusal();
  auto index = kept(*sections);
  if (!index.ok()) return within("the index of " + root_.path(), index.refusal());
  facts.symbol_failures = (*index)->info().symbol_failures;
  auto next = std::make_shared<const Snapshot>(*index, std::make_shared<const Overlay>(), facts);
  publish(next, known ? changes_between(*known, list).paths() : std::vector<std::string>());
  return next;
}

Checked<std::shared_ptr<const IndexFile>> LiveIndex::kept(const Sections& sections) {
  if (store_ && store_->take_lock()) {
    auto saved = store_->save(sections);
    if (saved.ok()) return saved;
    complain("the index of " + root_.path() + " is kept in memory only: " + saved.refusal().text);
  }
  return IndexFile::hold(index_bytes(sections));
}

std::unique_ptr<TreeWatch> LiveIndex::make_watch() {
  TreeWatch::Functions functions;
  functions.on_change = [this](const std::vector<std::string>& paths) { look_at(paths); };
  functions.on_sweep = [this] { sweep_by_itself(); };
  functions.complain = [this](const std::string& sentence) { complain(sentence); };
  functions.is_wanted = [this](const std::string& directory) {
    const auto listed = lists_directory(root_, settings_.rules, directory);
    return !listed.ok() || *listed;  // what cannot be told is watched
  };
  return std::make_unique<TreeWatch>(std::move(functions));
}

bool LiveIndex::watch(const std::vector<std::string>& directories) {
  if (!watch_) return false;
  if (is_watched_) return watch_->update(directories);
  const auto started = watch_->start(root_, directories);
  is_watched_ = started.ok();
  const bool was_blind = is_blind_.exchange(!started.ok() || settings_.is_changed_elsewhere);
  if (is_blind_ && !was_blind) {
    complain((started.ok()
                  ? root_.path() + " may be changed by another machine, which nothing tells of"
                  : started.refusal().text) +
             "; who asks waits until all was looked at again");
  }
  return started.ok();
}

void LiveIndex::look_at(const std::vector<std::string>& paths) {
  {
    const auto turn = turns_.take(ends_, {}, {});
    const auto known = current();
    if (!turn.is_ours()) return;
    // A first build that failed or was cancelled left nothing to bring up to date.
    if (known == nullptr) return;
    if (const auto changes = changes_of(*known, paths)) {
      if (changes->count() > 0)
        (void)overlaid(*known, *changes, known->facts(), Settling::kNoted, ends_);
      return;
    }
  }
  sweep_by_itself();
}

void LiveIndex::sweep_by_itself() {
  const auto turn = turns_.take(ends_, {}, {});
  if (!turn.is_ours() || current() == nullptr) return;
  const auto swept = sweep(ends_, shared({}));
  if (!swept.ok()) has_missed_changes_ = true;
  if (!swept.ok() && !ends_.is_stopped())
    complain("changes below " + root_.path() + " could not be read: " + swept.refusal().text);
}

// Nothing: too many, or of a kind that only a walk can tell.
std::optional<TreeChanges> LiveIndex::changes_of(const Snapshot& known,
                                                 const std::vector<std::string>& paths) const {
  const auto overlaid_already = known.overlay().files().size() + known.overlay().hidden().size();
  if (paths.size() > kMaxSinglePaths ||
      is_too_much(overlaid_already + paths.size(), known.file_count()))
    return std::nullopt;
  TreeChanges changes;
  for (const auto& path : paths) {
    if (decides_what_is_listed(path)) return std::nullopt;
    const auto id = known.find(path);
    auto listed = list_file(root_, settings_.rules, path);
    if (!listed.ok()) return std::nullopt;
    if (*listed && (!id || !known.is_current(*id, (*listed)->stamp)))
      changes.changed.push_back(std::move(**listed));
    if (!*listed && id) changes.gone.push_back(path);
    // A directory that went took its files with it, whatever is in its place.
    const auto below = known.below(path);
    if (below.first != below.last) return std::nullopt;
  }
  return changes;
}

}  // namespace toolpost::project_index
