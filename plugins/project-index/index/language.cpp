// SPDX-License-Identifier: Apache-2.0
#include "index/language.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace toolpost::project_index {
namespace {

using Row = std::pair<std::string_view, std::string_view>;

// Sorted by extension.
constexpr std::array kByExtension{Row{"asm", "Assembly"},
                                  Row{"bash", "Shell"},
                                  Row{"bat", "Batch"},
                                  Row{"c", "C"},
                                  Row{"cc", "C++"},
                                  Row{"cjs", "JavaScript"},
                                  Row{"clj", "Clojure"},
                                  Row{"cmake", "CMake"},
                                  Row{"cpp", "C++"},
                                  Row{"cs", "C#"},
                                  Row{"css", "CSS"},
                                  Row{"cts", "TypeScript"},
                                  Row{"cu", "CUDA"},
                                  Row{"cxx", "C++"},
                                  Row{"dart", "Dart"},
                                  Row{"ex", "Elixir"},
                                  Row{"exs", "Elixir"},
                                  Row{"f90", "Fortran"},
                                  Row{"fs", "F#"},
                                  Row{"go", "Go"},
                                  Row{"gradle", "Gradle"},
                                  Row{"groovy", "Groovy"},
                                  Row{"h", "C"},
                                  Row{"hh", "C++"},
                                  Row{"hpp", "C++"},
                                  Row{"hs", "Haskell"},
                                  Row{"htm", "HTML"},
                                  Row{"html", "HTML"},
                                  Row{"hxx", "C++"},
                                  Row{"ini", "INI"},
                                  Row{"ipp", "C++"},
                                  Row{"java", "Java"},
                                  Row{"jl", "Julia"},
                                  Row{"js", "JavaScript"},
                                  Row{"json", "JSON"},
                                  Row{"jsx", "JavaScript"},
                                  Row{"kt", "Kotlin"},
                                  Row{"kts", "Kotlin"},
                                  Row{"less", "Less"},
                                  Row{"lua", "Lua"},
                                  Row{"m", "Objective-C"},
                                  Row{"md", "Markdown"},
                                  Row{"mjs", "JavaScript"},
                                  Row{"ml", "OCaml"},
                                  Row{"mli", "OCaml"},
                                  Row{"mm", "Objective-C++"},
                                  Row{"mts", "TypeScript"},
                                  Row{"nix", "Nix"},
                                  Row{"php", "PHP"},
                                  Row{"pl", "Perl"},
                                  Row{"pm", "Perl"},
                                  Row{"proto", "Protocol Buffers"},
                                  Row{"ps1", "PowerShell"},
                                  Row{"py", "Python"},
                                  Row{"pyi", "Python"},
                                  Row{"pyx", "Cython"},
                                  Row{"r", "R"},
                                  Row{"rb", "Ruby"},
                                  Row{"rs", "Rust"},
                                  Row{"rst", "reStructuredText"},
                                  Row{"s", "Assembly"},
                                  Row{"sass", "Sass"},
                                  Row{"scala", "Scala"},
                                  Row{"scss", "SCSS"},
                                  Row{"sh", "Shell"},
                                  Row{"sql", "SQL"},
                                  Row{"svelte", "Svelte"},
                                  Row{"swift", "Swift"},
                                  Row{"tf", "Terraform"},
                                  Row{"toml", "TOML"},
                                  Row{"ts", "TypeScript"},
                                  Row{"tsx", "TypeScript"},
                                  Row{"vb", "Visual Basic"},
                                  Row{"vue", "Vue"},
                                  Row{"xml", "XML"},
                                  Row{"yaml", "YAML"},
                                  Row{"yml", "YAML"},
                                  Row{"zig", "Zig"},
                                  Row{"zsh", "Shell"}};

constexpr std::array kByName{Row{"CMakeLists.txt", "CMake"}, Row{"Dockerfile", "Dockerfile"},
                             Row{"GNUmakefile", "Make"},     Row{"Gemfile", "Ruby"},
                             Row{"Makefile", "Make"},        Row{"Rakefile", "Ruby"},
                             Row{"makefile", "Make"},        Row{"meson.build", "Meson"}};

constexpr auto kIsBefore = [](const Row& row, std::string_view key) { return row.first < key; };

constexpr auto kAscends = [](const auto& rows) {
  return std::is_sorted(rows.begin(), rows.end(),
                        [](const Row& left, const Row& right) { return left.first < right.first; });
};
static_assert(kAscends(kByExtension) && kAscends(kByName));

template <class Rows>
std::string_view looked_up(const Rows& rows, std::string_view key) noexcept {
  const auto row = std::lower_bound(rows.begin(), rows.end(), key, kIsBefore);
  return row != rows.end() && row->first == key ? row->second : std::string_view();
}

}  // namespace

std::string_view language_of(std::string_view path) noexcept {
  const auto name = path.substr(path.rfind('/') + 1);
  if (const auto language = looked_up(kByName, name); !language.empty()) return language;
  const auto dot = name.rfind('.');
  return dot == std::string_view::npos ? std::string_view()
                                       : looked_up(kByExtension, name.substr(dot + 1));
}

}  // namespace toolpost::project_index
