// SPDX-License-Identifier: Apache-2.0
// project_index_symbols_bench DIRECTORY [BATCH]: how long the symbols of all its files take, with
// one thread and with two. The texts are read before.
#include "files/stop_token.hpp"
#include "symbols/ctags_symbols.hpp"

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <sys/resource.h>
#include <thread>
#include <vector>

namespace {

namespace pi = toolpost::project_index;
using Clock = std::chrono::steady_clock;

struct Texts {
  std::vector<std::string> paths;
  std::vector<std::string> contents;
  std::size_t bytes = 0;
};

Texts read_all(const std::string& directory, const pi::SymbolSource& source) {
  Texts texts;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) {
    if (!entry.is_regular_file() || entry.file_size() > (2U << 20U) ||
        !source.covers(entry.path().string())) {
      continue;
    }
    std::ifstream file(entry.path(), std::ios::binary);
    texts.paths.push_back(entry.path().string());
    texts.contents.emplace_back(std::istreambuf_iterator<char>(file),
                                std::istreambuf_iterator<char>());
    texts.bytes += texts.contents.back().size();
  }
  return texts;
}

double seconds(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

double cpu_seconds(int whose) {
  rusage usage{};
  getrusage(whose, &usage);
  const auto seconds_of = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime);
}

void with_threads(pi::CtagsSymbols& ctags, const Texts& texts, std::size_t threads,
                  std::size_t batch) {
  const auto begin = Clock::now();
  std::atomic<std::size_t> next{0};
  std::atomic<std::size_t> symbols{0};
  std::vector<std::thread> workers;
  for (std::size_t count = 0; count < threads; ++count) {
    workers.emplace_back([&] {
      while (true) {
        const std::size_t first = next.fetch_add(batch);
        if (first >= texts.paths.size()) return;
        std::vector<pi::SourceText> some;
        for (std::size_t i = first; i < std::min(first + batch, texts.paths.size()); ++i) {
          some.push_back({texts.paths[i], texts.contents[i]});
        }
        for (const auto& one : ctags.symbols_of_all(some, pi::StopToken())) {
          if (one) symbols += one->size();
        }
      }
    });
  }
  for (std::thread& worker : workers) worker.join();
  const double took = seconds(begin);
  std::printf("%zu threads, batches of %zu: %.3f s, %zu symbols, %.1f MB/s\n", threads, batch, took,
              symbols.load(), static_cast<double>(texts.bytes) / took / 1e6);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  const std::size_t batch = argc > 2 ? std::stoul(argv[2]) : 64;
  pi::CtagsSettings settings;
  auto ctags = pi::CtagsSymbols::open(toolpost::sdk::Launcher(TOOLPOST_LAUNCH_PATH), settings);
  if (!ctags) {
    std::printf("%s\n", ctags.refusal().text.c_str());
    return 1;
  }
  const Texts texts = read_all(argv[1], **ctags);
  const double before = cpu_seconds(RUSAGE_SELF);
  std::printf("%zu files, %.1f MB\n", texts.paths.size(), static_cast<double>(texts.bytes) / 1e6);
  for (const std::size_t threads : {1U, 2U}) with_threads(**ctags, texts, threads, batch);
  const auto counts = (*ctags)->counts();
  std::printf("%zu answered, %zu failed, %zu started\n", counts.answered, counts.failed,
              counts.started);
  (*ctags).reset();
  std::printf("CPU: %.3f s here, %.3f s in ctags\n", cpu_seconds(RUSAGE_SELF) - before,
              cpu_seconds(RUSAGE_CHILDREN));
  return 0;
}
