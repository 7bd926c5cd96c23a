// SPDX-License-Identifier: Apache-2.0
// Runs a fuzz target over a stored corpus, without a fuzzer: every input as it is, cut off at many
// places, and changed in many ways. The changes follow from the input alone, so that each run is
// the same.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

// NOLINTNEXTLINE(readability-identifier-naming): the name is libFuzzer's
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

namespace fs = std::filesystem;
using Bytes = std::vector<std::uint8_t>;

constexpr std::size_t kCuts = 200;      // of one input
constexpr std::size_t kChanges = 2000;  // likewise
constexpr std::size_t kMostEdits = 4;   // in one change

void add(std::vector<fs::path>& files, const fs::path& place) {
  if (!fs::is_directory(place)) {
    files.push_back(place);
    return;
  }
  for (const auto& entry : fs::directory_iterator{place}) files.push_back(entry.path());
}

Bytes read(const fs::path& path) {
  std::ifstream in{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, std::istreambuf_iterator<char>{}};
}

class Runs {
 public:
  void all_of(const Bytes& input) {
    run(input);
    // A copy of its own for each, so that a read beyond the end is seen.
    const std::size_t step = std::max<std::size_t>(1, input.size() / kCuts);
    for (std::size_t size = 0; size < input.size(); size += step) {
      run({input.begin(), input.begin() + static_cast<std::ptrdiff_t>(size)});
    }
    std::mt19937 random{static_cast<std::mt19937::result_type>(input.size())};
    for (std::size_t i = 0; i < kChanges && !input.empty(); ++i) run(changed(input, random));
  }

  std::size_t count() const { return count_; }

 private:
  void run(const Bytes& bytes) {
    LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
    ++count_;
  }

  static Bytes changed(Bytes bytes, std::mt19937& random) {
    for (std::size_t edits = 1 + random() % kMostEdits; edits > 0 && !bytes.empty(); --edits) {
      const auto at = bytes.begin() + static_cast<std::ptrdiff_t>(random() % bytes.size());
      const auto most = static_cast<std::size_t>(bytes.end() - at);
      const auto length =
          static_cast<std::ptrdiff_t>(1 + random() % std::min<std::size_t>(most, 16));
      switch (random() % 4) {
        case 0:
          *at = static_cast<std::uint8_t>(random());
          break;
        case 1:
          *at ^= static_cast<std::uint8_t>(1U << random() % 8);
          break;
        case 2:
          bytes.erase(at, at + length);
          break;
        default: {
          const Bytes piece{at, at + length};
          const auto to = static_cast<std::ptrdiff_t>(random() % (bytes.size() + 1));
          bytes.insert(bytes.begin() + to, piece.begin(), piece.end());
        }
      }
    }
    return bytes;
  }

  std::size_t count_ = 0;
};

}  // namespace

// Files and directories of them.
int main(int count, char** arguments) {
  std::vector<fs::path> files;
  for (int i = 1; i < count; ++i) add(files, arguments[i]);
  std::sort(files.begin(), files.end());
  Runs runs;
  for (const fs::path& file : files) runs.all_of(read(file));
  std::printf("%zu inputs, %zu executions\n", files.size(), runs.count());
  return files.empty() ? 1 : 0;
}
