// SPDX-License-Identifier: Apache-2.0
// client print, install and remove.
#include "cli/client_document.hpp"
#include "cli/client_kinds.hpp"
#include "cli/client_storage.hpp"
#include "cli/commands.hpp"

#include <cstdio>
#include <cstdlib>
#include <filesystem>

namespace toolpost::cli {
namespace {

using config::Command;

std::string absolute(const std::string& path) {
  return std::filesystem::absolute(path).lexically_normal().string();
}

Result<ServerWish> wish_of(const ClientKind& kind, const config::CommandLine& line,
                           const std::string& binary) {
  ServerWish wish{.name = line.client.name,
                  .url = line.client.url,
                  .with_key = !line.client.open,
                  .command = binary,
                  .arguments = {"stdio"}};
  if (!wish.url.empty() && !kind.urls) {
    return invalid("the file of " + std::string{kind.name} +
                   " takes no servers by their URL; add it in its settings, under Connectors, or "
                   "leave --url out");
  }
  if (line.config_file) {
    wish.arguments.insert(wish.arguments.end(), {"--config", absolute(*line.config_file)});
  }
  if (!line.client.project_root.empty()) {
    wish.arguments.insert(wish.arguments.end(),
                          {"--project-root", absolute(line.client.project_root)});
  }
  for (const std::string& argument : wish.arguments) {
    if (argument.find("${") == std::string::npos) continue;
    return invalid("the client would replace the ${...} in " + argument);
  }
  return wish;
}

// An entry may be written before what it names is there; who has mistyped it hears of it now.
void warn_of_missing(const config::CommandLine& line) {
  for (const std::string& path : {line.config_file.value_or(""), line.client.project_root}) {
    std::error_code unknown;
    if (path.empty() || std::filesystem::exists(path, unknown)) continue;
    complain(absolute(path) + " is not there: until it is, this server cannot start");
  }
}

Result<std::string> own_file(const ClientKind& kind, const config::CommandLine& line,
                             const config::Environment& environment) {
  if (!line.client.file.empty()) return absolute(line.client.file);
  const std::string home = environment("HOME").value_or("");
  return client_file(kind, environment,
                     home.starts_with('/') ? home : config::account_home().value_or(""));
}

int print_entry(const ClientKind& kind, const ServerEntry& entry, const std::string& path) {
  const auto text = install_entry({path, ""}, kind, entry);
  if (!text) return fail(text.error());
  std::fprintf(stderr, "%s reads this from %s\n", std::string{kind.name}.c_str(), path.c_str());
  std::fputs(text->c_str(), stdout);
  return std::fflush(stdout) == 0 ? EXIT_SUCCESS : config::kExitFailure;
}

// Where the key is expected; empty when the entry has none.
std::string key_advice(const ClientKind& kind, const ServerEntry& entry) {
  if (!entry.input_id.empty()) return " It asks for the key when the server is started first.";
  if (entry.value.find("MCP_API_KEY") == std::string::npos) return {};
  return " It takes the key from MCP_API_KEY in the environment that " + std::string{kind.name} +
         " is started with.";
}

// Whether installing into `before` gives what is there now: then taking it out gives `before`.
bool leads_here(const ClientFile& file, const ClientKind& kind, const ServerEntry& entry,
                const std::string& before) {
  const json::NamedText text{file.path(), before};
  const auto found = find_entry(text, kind, entry.name);
  if (!found || !found->value.empty()) return false;
  const auto after = install_entry(text, kind, entry);
  return after && *after == file.text();
}

enum class Origin { kUnknown, kBackup, kNoFile };

// What the file was before the entry came, where nothing but the entry has changed since.
Origin origin_of(const ClientFile& file, const ClientKind& kind, const std::string& name) {
  const auto entry = find_entry({file.path(), file.text()}, kind, name);
  if (!entry || entry->value.empty()) return Origin::kUnknown;
  const auto backup = file.backup();
  if (!backup) return leads_here(file, kind, *entry, "") ? Origin::kNoFile : Origin::kUnknown;
  return leads_here(file, kind, *entry, *backup) ? Origin::kBackup : Origin::kUnknown;
}

int install(const ClientKind& kind, const ServerEntry& entry, const std::string& path) {
  auto file = ClientFile::open(path);
  if (!file) return fail(file.error());
  // An earlier entry is replaced as if it had never been: what was there before the first install
  // is worth more as a backup than what that made of it.
  const Origin origin = origin_of(*file, kind, entry.name);
  std::string before = file->text();
  if (origin != Origin::kUnknown) before = file->backup().value_or("");
  const auto text = install_entry({file->path(), before}, kind, entry);
  if (!text) return fail(text.error());
  if (file->exists() && *text == file->text()) {
    std::printf("%s has the server %s already.\n", file->path().c_str(), entry.name.c_str());
    return EXIT_SUCCESS;
  }
  const auto done = origin == Origin::kUnknown ? file->replace(*text) : file->rewrite(*text);
  if (!done) return fail(done.error());
  std::printf("Entered the server %s in %s.%s\n", entry.name.c_str(), file->path().c_str(),
              key_advice(kind, entry).c_str());
  if (file->exists() && origin != Origin::kNoFile) {
    std::printf("The former file is %s.\n", file->backup_path().c_str());
  }
  std::printf("%s\n", std::string{kind.after}.c_str());
  return EXIT_SUCCESS;
}

Result<> take_out(ClientFile& file, const ClientKind& kind, const std::string& text,
                  const std::string& name) {
  switch (origin_of(file, kind, name)) {
    case Origin::kBackup:
      return file.restore();
    case Origin::kNoFile:
      return file.remove();
    default:
      return file.replace(text);
  }
}

int remove(const ClientKind& kind, const std::string& name, const std::string& path) {
  auto file = ClientFile::open(path);
  if (!file) return fail(file.error());
  const auto text = remove_entry({file->path(), file->text()}, kind, name);
  if (!text) return fail(text.error());
  if (*text == file->text()) {
    std::printf("%s has no server %s.\n", file->path().c_str(), name.c_str());
    return EXIT_SUCCESS;
  }
  if (const auto done = take_out(*file, kind, *text, name); !done) return fail(done.error());
  std::printf("Took the server %s out of %s.\n", name.c_str(), file->path().c_str());
  return EXIT_SUCCESS;
}

}  // namespace

int client(const config::CommandLine& line, const config::Environment& environment,
           const std::string& binary) {
  const auto kind = find_client_kind(line.arguments[0]);
  const auto wish = kind ? wish_of(**kind, line, binary) : Result<ServerWish>{kind.error()};
  if (!wish) {
    complain("toolpost client: " + wish.error().message());
    return config::kExitUsage;
  }
  const auto path = own_file(**kind, line, environment);
  if (!path) return fail(path.error());
  const ServerEntry entry = make_entry(**kind, *wish);
  if (line.command != Command::kClientRemove) warn_of_missing(line);
  if (line.command == Command::kClientPrint) return print_entry(**kind, entry, *path);
  if (line.command == Command::kClientInstall) return install(**kind, entry, *path);
  return remove(**kind, line.client.name, *path);
}

}  // namespace toolpost::cli
