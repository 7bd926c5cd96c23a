// SPDX-License-Identifier: Apache-2.0
#include "files/secret_files.hpp"

#include "files/small_letters.hpp"

#include <algorithm>
#include <array>

namespace toolpost::project_index {

namespace {

// No name has them.
constexpr std::string_view kLineBreakers("\r\n\0", 3);

// Sorted, in lower case.
constexpr auto kDirectories = std::to_array<std::string_view>(
    {".aws", ".azure", ".docker", ".gcloud", ".git", ".gnupg", ".kube", ".ssh"});
constexpr auto kNames = std::to_array<std::string_view>({
    ".bash_history",
    ".boto",
    ".dockercfg",
    ".dockerconfigjson",
    ".env",
    ".envrc",
    ".git",
    ".git-credentials",
    ".htpasswd",
    ".my.cnf",
    ".netrc",
    ".npmrc",
    ".pgpass",
    ".psql_history",
    ".pypirc",
    ".s3cfg",
    ".terraformrc",
    ".vault-token",
    ".vault_pass",
    ".zsh_history",
    "_netrc",
    "application_default_credentials.json",
    "client_secret.json",
    "credentials",
    "htpasswd",
    "kubeconfig",
    "local.settings.json",
    "users.json",
});
constexpr auto kEndings =
    std::to_array<std::string_view>({".env", ".jks", ".kdbx", ".key", ".keystore", ".p12", ".p8",
                                     ".pem", ".pfx", ".ppk", ".tfstate", ".tfvars"});
// What editors and careful people put behind the name of a file that they keep.
constexpr auto kCopyEndings = std::to_array<std::string_view>(
    {"#", "~", " copy", ".backup", ".bak", ".old", ".orig", ".save", ".swo", ".swp"});
constexpr unsigned kMaxCopies = 4;  // of a copy
// Data with such a name is a secret; source code with such a name is not.
constexpr auto kDataNames = std::to_array<std::string_view>({"credentials", "secrets"});
constexpr auto kDataEndings = std::to_array<std::string_view>(
    {".conf", ".csv", ".ini", ".json", ".toml", ".xml", ".yaml", ".yml"});
constexpr auto kKeyNames =
    std::to_array<std::string_view>({"id_dsa", "id_ecdsa", "id_ed25519", "id_rsa"});

static_assert(std::is_sorted(kDirectories.begin(), kDirectories.end()));
static_assert(std::is_sorted(kNames.begin(), kNames.end()));
static_assert(std::is_sorted(kEndings.begin(), kEndings.end()));
static_assert(std::is_sorted(kDataEndings.begin(), kDataEndings.end()));

template <class Names>
bool has(const Names& names, std::string_view name) {
  return std::binary_search(names.begin(), names.end(), name);
}

bool begins_with(std::string_view name, std::string_view beginning) {
  return name.substr(0, beginning.size()) == beginning;
}

// id_rsa, id_rsa_deploy, id_rsa.old; but id_rsa.pub is public and id_rsa_test.cpp is source code.
bool is_private_key(std::string_view name) {
  for (const std::string_view key : kKeyNames) {
    if (!begins_with(name, key)) continue;
    const std::string_view rest = name.substr(key.size());
    const std::size_t dot = rest.find('.');
    return dot == std::string_view::npos || (dot == 0 && rest != ".pub");
  }
  return false;
}

// ".env" of ".env~" or "#.env#"; nothing where the name is none of a copy.
std::string_view name_of_original(std::string_view copy) {
  for (const std::string_view ending : kCopyEndings) {
    if (copy.size() <= ending.size() || !copy.ends_with(ending)) continue;
    copy.remove_suffix(ending.size());
    if (ending == "#" && copy.starts_with('#')) copy.remove_prefix(1);
    return copy;
  }
  return {};
}

bool is_secret_name(std::string_view name) {
  if (has(kNames, name) || is_private_key(name)) return true;
  if (begins_with(name, ".env.") || begins_with(name, ".env-") || begins_with(name, ".env_")) {
    return true;
  }
  const std::size_t dot = name.rfind('.');
  if (dot == std::string_view::npos) return false;
  const std::string_view ending = name.substr(dot);
  if (has(kEndings, ending)) return true;
  if (name.find(".tfstate.") != std::string_view::npos) return true;  // its backups
  return has(kDataNames, name.substr(0, dot)) && has(kDataEndings, ending);
}

bool is_secret_file(std::string_view name) {
  for (unsigned copies = 0; !name.empty() && copies <= kMaxCopies; ++copies) {
    if (is_secret_name(name)) return true;
    name = name_of_original(name);
  }
  return false;
}

}  // namespace

bool SecretFiles::denies_name(std::string_view name, bool is_directory) {
  constexpr std::size_t kLongestName = 255;
  if (name.size() > kLongestName) return false;  // no file system has such a name
  std::array<char, kLongestName> folded;
  std::transform(name.begin(), name.end(), folded.begin(), small_letter);
  const std::string_view lower(folded.data(), name.size());
  return is_directory ? has(kDirectories, lower) : is_secret_file(lower);
}

Checked<SecretFiles> SecretFiles::make(const std::vector<std::string>& allow) {
  std::string text;
  for (const std::string& glob : allow) {
    if (glob.empty() || glob.front() == '!' ||
        glob.find_first_of(kLineBreakers) != std::string::npos) {
      return Refusal{"'" + glob + "' can't allow secret files: a rule is one glob, without '!'"};
    }
    text += (glob.front() == '#' ? "\\" : "") + glob + "\n";
  }
  return SecretFiles(IgnoreFile::parse(text, ""));
}

bool SecretFiles::denies_last(std::string_view relative, std::string_view name,
                              bool is_directory) const {
  if (!denies_name(name, is_directory)) return false;
  return allowed_.empty() || allowed_.verdict({relative, name, is_directory}) == Verdict::kNone;
}

bool SecretFiles::denies(std::string_view relative, bool is_directory) const {
  for (std::size_t begin = 0; begin <= relative.size();) {
    const std::size_t end = std::min(relative.find('/', begin), relative.size());
    const bool is_last = end == relative.size();
    const std::string_view name = relative.substr(begin, end - begin);
    if (denies_last(relative.substr(0, end), name, !is_last || is_directory)) return true;
    begin = end + 1;
  }
  return false;
}

}  // namespace toolpost::project_index
