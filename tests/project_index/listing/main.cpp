// SPDX-License-Identifier: Apache-2.0
// list_files() for harnesses. One request per line on standard input, one answer each:
//   list HOME ROOT [THREADS]   the files of a tree, one NUL behind each, then an empty one
//   time HOME ROOT [THREADS]   how many files, and the milliseconds it took
//   file HOME ROOT PATH        yes or no, for one file
// HOME is where git's configuration of the user is looked for. Fields are parted by tabs.
#include "files/list_files.hpp"

#include <chrono>
#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

namespace {

using namespace toolpost::project_index;

std::vector<std::string> fields_of(const std::string& line) {
  std::vector<std::string> out(1);
  for (const char c : line) {
    if (c == '\t') {
      out.emplace_back();
    } else {
      out.back() += c;
    }
  }
  return out;
}

WalkRules rules_of_git() {
  WalkRules rules;
  rules.allow_secret = {"*"};
  rules.max_files = 10'000'000;
  rules.max_bytes = ~std::uint64_t{0};
  return rules;
}

// Ends the program where there is nothing to answer: the harness has got something wrong.
template <class T>
T wanted(Checked<T> checked) {
  if (checked) return std::move(*checked);
  std::cerr << checked.refusal().text << '\n';
  std::exit(2);
}

void answer(const std::vector<std::string>& request) {
  const std::string& verb = request.at(0);
  ::setenv("HOME", request.at(1).c_str(), 1);
  const RootDirectory root = wanted(RootDirectory::open(request.at(2)));
  if (verb == "file") {
    const auto file = wanted(list_file(root, rules_of_git(), request.at(3)));
    std::cout << (file ? "yes\n" : "no\n");
    return;
  }
  const unsigned threads = request.size() > 3 ? static_cast<unsigned>(std::stoul(request[3])) : 2U;
  const auto begin = std::chrono::steady_clock::now();
  const FileList list = wanted(list_files(root, rules_of_git(), StopToken(), threads));
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begin;
  if (verb == "time") {
    std::cout << list.files.size() << '\t' << took.count() << '\n';
    return;
  }
  for (const ListedFile& file : list.files) std::cout << file.path << '\0';
  std::cout << '\0';
}

}  // namespace

int main() {
  std::ios::sync_with_stdio(false);
  for (std::string line; std::getline(std::cin, line);) {
    answer(fields_of(line));
    std::cout.flush();
  }
  return 0;
}
