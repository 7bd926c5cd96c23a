// SPDX-License-Identifier: Apache-2.0
#include "compiled_requirements.hpp"

#include "output.hpp"
#include "pep/ascii.hpp"
#include "pep/package_name.hpp"
#include "pep/requirement.hpp"
#include "pep/version.hpp"

#include <algorithm>

namespace toolpost::uv_package {

namespace {

constexpr std::string_view kHashOption = "--hash=";
constexpr std::string_view kVia = "# via";
constexpr std::string_view kViaMore = "#   ";
constexpr std::string_view kFrom = "# from ";

bool begins_with(std::string_view text, std::string_view start) {
  return text.substr(0, start.size()) == start;
}

// MD5 and SHA-1 can be forged.
bool is_strong_hash(std::string_view hash) {
  const std::size_t colon = hash.find(':');
  if (colon == std::string_view::npos) return false;
  const std::string_view digest = hash.substr(colon + 1);
  const std::string_view kind = hash.substr(0, colon);
  const std::size_t size = kind == "sha256"   ? 64
                           : kind == "sha384" ? 96
                           : kind == "sha512" ? 128
                                              : 0;
  return size != 0 && digest.size() == size &&
         std::all_of(digest.begin(), digest.end(),
                     [](char c) { return pep::is_digit(c) || (c >= 'a' && c <= 'f'); });
}

bool is_local_line(std::string_view line) {
  return begins_with(line, "-e ") || begins_with(line, "file:") || line.front() == '.' ||
         line.front() == '/';
}

class Reader {
 public:
  Checked<Passed> read(std::string_view line) {
    while (!line.empty() && (line.back() == '\\' || line.back() == ' ')) line.remove_suffix(1);
    if (line.empty()) return Passed{};
    const bool is_continued = line.front() == ' ';
    line = pep::trimmed(line);
    if (!is_continued) return begin_package(line);
    if (set_.packages.empty()) return unknown(line);
    if (begins_with(line, kHashOption)) return add_hash(line.substr(kHashOption.size()));
    if (begins_with(line, kFrom)) return set_source(line.substr(kFrom.size()));
    if (line == kVia) return Passed{};
    if (begins_with(line, kVia)) return add_parent(line.substr(kVia.size()));
    if (begins_with(line, kViaMore)) return add_parent(line.substr(kViaMore.size()));
    return unknown(line);
  }

  Checked<ResolvedSet> finish() {
    for (const ResolvedPackage& package : set_.packages) {
      if (package.is_local) continue;
      if (package.hashes.empty()) {
        return Refusal{"the index gives no SHA-256 for '" + package.name +
                       "', so what would be installed can't be pinned"};
      }
      if (package.source.empty()) {
        return Refusal{"uv did not say which index '" + package.name + "' comes from"};
      }
    }
    return std::move(set_);
  }

 private:
  static Refusal unknown(std::string_view line) {
    return {"uv wrote a resolution that can't be read: '" + cleaned_line(line) + "'"};
  }

  Checked<Passed> begin_package(std::string_view line) {
    ResolvedPackage package;
    package.is_local = is_local_line(line);
    if (package.is_local) {
      package.name = line;
      set_.packages.push_back(std::move(package));
      return Passed{};
    }
    const auto parsed = pep::parse_requirement(line);
    if (!parsed || !parsed->marker.empty() || parsed->specifiers.size() != 1 ||
        parsed->specifiers.front().op != "==" ||
        !pep::Version::parse(parsed->specifiers.front().version)) {
      return unknown(line);
    }
    package.name = pep::normalized_name(parsed->name);
    package.version = parsed->specifiers.front().version;
    for (const std::string& extra : parsed->extras) {
      package.extras.insert(pep::normalized_name(extra));
    }
    set_.packages.push_back(std::move(package));
    return Passed{};
  }

  Checked<Passed> add_hash(std::string_view hash) {
    if (is_strong_hash(hash)) set_.packages.back().hashes.emplace_back(hash);
    return Passed{};
  }

  Checked<Passed> set_source(std::string_view source) {
    if (!set_.packages.back().source.empty()) return unknown(source);
    set_.packages.back().source = source;
    return Passed{};
  }

  // "alpha", "app (pyproject.toml)"; with an option in front it was asked for directly.
  Checked<Passed> add_parent(std::string_view text) {
    text = pep::trimmed(text);
    if (text.empty() || text.front() == '-') return Passed{};
    const std::string_view name = text.substr(0, text.find(' '));
    if (!pep::is_package_name(name)) return unknown(text);
    set_.packages.back().needed_by.insert(pep::normalized_name(name));
    return Passed{};
  }

  ResolvedSet set_;
};

}  // namespace

Checked<ResolvedSet> parse_compiled(std::string_view text) {
  Reader reader;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    if (auto read = reader.read(text.substr(0, end)); !read) return read.refusal();
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return reader.finish();
}

std::string pinned_text(const ResolvedSet& set) {
  std::string out;
  for (const ResolvedPackage& package : set.packages) {
    if (package.is_local) continue;
    out += package.name + "==" + package.version;
    for (const std::string& hash : package.hashes) out += " \\\n    --hash=" + hash;
    out += "\n";
  }
  return out;
}

}  // namespace toolpost::uv_package
