// SPDX-License-Identifier: Apache-2.0
#include "config/command_line.hpp"

#include "base/json_escape.hpp"
#include "base/nearest.hpp"
#include "base/utc_time.hpp"
#include "config/command_values.hpp"
#include "config/commands.hpp"

#include <boost/program_options.hpp>

#include <algorithm>
#include <charconv>

namespace toolpost::config {
namespace {

namespace po = boost::program_options;

// No option can be typed like this, so operands stay positional.
constexpr const char* kOperands = "(operands)";

std::string suggestion(std::string_view word, std::span<const std::string_view> names) {
  const auto name = nearest(word, names);
  return name ? "; did you mean \"" + std::string{*name} + "\"?" : std::string{};
}

const CommandSpec* find_command(std::string_view words) {
  for (const CommandSpec& spec : command_specs()) {
    if (spec.words == words) return &spec;
  }
  return nullptr;
}

bool is_group(std::string_view word) {
  const auto specs = command_specs();
  return std::any_of(specs.begin(), specs.end(), [&](const CommandSpec& spec) {
    return spec.words.starts_with(std::string{word} + " ");
  });
}

// The words that may stand after `group`, or first when it is empty.
std::vector<std::string_view> next_words(std::string_view group) {
  std::vector<std::string_view> words;
  for (const CommandSpec& spec : command_specs()) {
    std::string_view rest = spec.words;
    if (!group.empty()) {
      if (!rest.starts_with(group) || rest.size() <= group.size() || rest[group.size()] != ' ') {
        continue;
      }
      rest.remove_prefix(group.size() + 1);
    }
    words.push_back(rest.substr(0, rest.find(' ')));
  }
  return words;
}

bool asks_for_help(std::string_view argument) {
  return argument == "--help" || argument == "-h" || argument == "help";
}

CommandLine help(std::string text) {
  CommandLine line;
  line.help = std::move(text);
  return line;
}

// The command that MCP_TRANSPORT names; null when it is not set.
Result<const CommandSpec*> command_of_environment(const Environment& environment) {
  const auto value = environment("MCP_TRANSPORT");
  if (!value) return nullptr;
  if (*value == "http" || *value == "stdio") return find_command(*value);
  return invalid(value->empty()
                     ? "MCP_TRANSPORT: is empty; set it to http or stdio, or unset it"
                     : "MCP_TRANSPORT: expected http or stdio, found " + json_string(*value));
}

po::options_description options_of(const CommandSpec& spec) {
  po::options_description options;
  for (const OptionSpec& option : option_specs()) {
    if ((option.group & spec.options) == 0) continue;
    std::string name{option.name};
    if (option.letter != 0) name.append(",").push_back(option.letter);
    const po::value_semantic* value = option.value.empty()
                                          ? static_cast<po::value_semantic*>(po::bool_switch())
                                          : po::value<std::string>();
    options.add_options()(name.c_str(), value, "");
  }
  options.add_options()("help,h", po::bool_switch(), "");
  options.add_options()(kOperands, po::value<std::vector<std::string>>(), "");
  return options;
}

Error unknown_option(const CommandSpec& spec, const std::string& name) {
  std::vector<std::string> names{"--help"};
  for (const OptionSpec& option : option_specs()) {
    if ((option.group & spec.options) != 0) names.push_back("--" + std::string{option.name});
  }
  const std::vector<std::string_view> views{names.begin(), names.end()};
  return invalid("toolpost " + std::string{spec.words} + " has no option " + json_string(name) +
                 suggestion(name, views));
}

// Boost.Program_options throws; here its exceptions become errors.
Result<po::variables_map> parse_options(const CommandSpec& spec,
                                        std::span<const std::string> arguments) {
  const po::options_description options = options_of(spec);
  po::positional_options_description operands;
  operands.add(kOperands, -1);
  const int style = po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;
  po::variables_map found;
  try {
    po::store(po::command_line_parser{{arguments.begin(), arguments.end()}}
                  .options(options)
                  .positional(operands)
                  .style(style)
                  .run(),
              found);
  } catch (const po::unknown_option& error) {
    return unknown_option(spec, error.get_option_name());
  } catch (const po::error& error) {
    return invalid("toolpost " + std::string{spec.words} + ": " + error.what());
  }
  return found;
}

Result<> check_operands(const CommandSpec& spec, const std::vector<std::string>& operands) {
  const std::string command = "toolpost " + std::string{spec.words};
  if (operands.size() < spec.min_arguments) {
    return invalid(command + ": expected " + std::string{spec.operands} + "; see " + command +
                   " --help");
  }
  if (operands.size() > spec.max_arguments) {
    return invalid(command + ": unexpected argument " + json_string(operands[spec.max_arguments]));
  }
  return {};
}

std::optional<std::string> value_of(const po::variables_map& found, const char* option) {
  if (found.count(option) == 0) return std::nullopt;
  return found[option].as<std::string>();
}

Result<> read_issued_key(const CommandSpec& spec, const po::variables_map& found,
                         CommandLine& line) {
  if ((spec.options & kOptIssuedKey) == 0) return {};
  const std::string command = "toolpost " + std::string{spec.words};
  const auto username = value_of(found, "username");
  if (!username) return invalid(command + ": --username NAME is missing");
  line.username = *username;
  line.key_out = value_of(found, "key-out");
  line.key_file = value_of(found, "key-file");
  if (line.key_out && line.key_file) {
    return invalid(command +
                   ": a key that --key-file brings need not go anywhere; leave --key-out "
                   "out");
  }
  return {};
}

Result<std::optional<std::int64_t>> read_time(const po::variables_map& found, const char* option) {
  const auto text = value_of(found, option);
  if (!text) return std::optional<std::int64_t>{};
  const auto time = parse_utc_time(*text);
  if (time) return std::optional{*time};
  return invalid("--" + std::string{option} +
                 ": expected a time such as 2026-01-31T12:00:00Z, found " + json_string(*text));
}

Result<> read_audit(const po::variables_map& found, AuditArguments& audit) {
  audit.directory = value_of(found, "directory").value_or("");
  audit.anchor = value_of(found, "anchor").value_or("");
  audit.out = value_of(found, "out").value_or("");
  audit.user = value_of(found, "user").value_or("");
  audit.tool = value_of(found, "tool").value_or("");
  audit.type = value_of(found, "type").value_or("");
  const auto from = read_time(found, "from");
  if (!from) return from.error();
  const auto to = read_time(found, "to");
  if (!to) return to.error();
  audit.from = *from;
  audit.to = *to;
  const auto lines = value_of(found, "lines");
  if (!lines) return {};
  const auto [end, ec] = std::from_chars(lines->data(), lines->data() + lines->size(), audit.lines);
  if (ec == std::errc{} && end == lines->data() + lines->size()) return {};
  return invalid("--lines: expected a number, found " + json_string(*lines));
}

// The name becomes a key of the client's file; these characters every client takes.
bool is_server_name(std::string_view name) {
  constexpr std::size_t kMaxName = 64;
  return !name.empty() && name.size() <= kMaxName &&
         name.find_first_not_of(
             "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") ==
             std::string_view::npos;
}

// What is no URL is not repeated where a password may stand in it.
Result<> check_url(std::string_view url) {
  const std::size_t scheme = url.find("://");
  const std::string_view kind = url.substr(0, scheme == std::string_view::npos ? 0 : scheme);
  const std::string_view rest = url.substr(kind.empty() ? 0 : kind.size() + 3);
  const std::string_view authority = rest.substr(0, rest.find_first_of("/?#"));
  if (authority.find('@') != std::string_view::npos) {
    return invalid("--url: a user name or password in the URL would end in the client's file");
  }
  const bool has_space = std::any_of(url.begin(), url.end(), [](char c) {
    return static_cast<unsigned char>(c) <= ' ' || c == '\x7f';
  });
  if ((kind != "http" && kind != "https") || authority.empty() || has_space) {
    return invalid("--url: expected a URL such as https://tools.example.com/mcp, found " +
                   json_string(url));
  }
  if (url.find("${") == std::string_view::npos) return {};
  return invalid("--url: the client would replace the ${...} in " + json_string(url));
}

Result<> read_client(const CommandSpec& spec, const po::variables_map& found, CommandLine& line) {
  if ((spec.options & kOptClientName) == 0) return {};
  ClientArguments& client = line.client;
  client.name = value_of(found, "name").value_or("toolpost");
  client.url = value_of(found, "url").value_or("");
  client.project_root = value_of(found, "project-root").value_or("");
  client.file = value_of(found, "file").value_or("");
  if (!is_server_name(client.name)) {
    return invalid("--name: expected 1 to 64 letters, digits, '_' and '-', found " +
                   json_string(client.name));
  }
  if (found.count("file") != 0 && client.file.empty()) return invalid("--file: is empty");
  if (found.count("url") == 0) {
    return client.open ? invalid("--open means something only with --url") : Result<>{};
  }
  if (line.config_file || !client.project_root.empty()) {
    return invalid(
        "--config and --project-root are for a server that the client starts; with "
        "--url leave them out");
  }
  return check_url(client.url);
}

Result<CommandLine> parse_command(const CommandSpec& spec, std::span<const std::string> arguments) {
  const auto options = parse_options(spec, arguments);
  if (!options) return options.error();
  const po::variables_map& found = *options;
  const auto is_on = [&](const char* name) {
    return found.count(name) != 0 && found[name].as<bool>();
  };
  if (is_on("help")) return help(command_help(spec));

  CommandLine line;
  line.command = spec.command;
  line.manifest = is_on("manifest");
  line.origins = is_on("origins");
  line.audit.json = is_on("json");
  line.json = is_on("json");
  line.ready = is_on("ready");
  line.client.open = is_on("open");
  line.checklist = is_on("checklist");
  line.live = is_on("live");
  line.backup.only = value_of(found, "only").value_or("");
  line.backup.passphrase_file = value_of(found, "passphrase-file").value_or("");
  line.backup.root = value_of(found, "root").value_or("");
  line.backup.force = is_on("force");
  line.audit.verify = is_on("verify");
  line.audit.follow = is_on("follow");
  if (auto read = read_audit(found, line.audit); !read) return read.error();
  if (found.count("source") != 0) line.source = found["source"].as<std::string>();
  if (found.count("config") != 0) line.config_file = found["config"].as<std::string>();
  if (is_on("verbose")) {
    if (found.count("log-level") != 0) {
      return invalid("--verbose and --log-level contradict each other; give one of them");
    }
    line.flags.push_back({"log.level", "DEBUG", "--verbose"});
  }
  if (is_on("debug")) line.flags.push_back({"log.debug", "true", "--debug"});
  for (const OptionSpec& option : option_specs()) {
    const std::string name{option.name};
    // Two groups may have an option of the same name.
    const bool is_its = (option.group & spec.options) != 0;
    if (!is_its || option.key.empty() || found.count(name) == 0) continue;
    line.flags.push_back({std::string{option.key}, found[name].as<std::string>(), "--" + name});
  }
  for (const Override& flag : line.flags) {
    if (auto good = check_flag(flag); !good) return good.error();
  }
  if (auto read = read_issued_key(spec, found, line); !read) return read.error();
  if (auto read = read_client(spec, found, line); !read) return read.error();
  if (found.count(kOperands) != 0) {
    line.arguments = found[kOperands].as<std::vector<std::string>>();
  }
  if (const auto fits = check_operands(spec, line.arguments); !fits) return fits.error();
  if (auto good = check_values(line); !good) return good.error();
  return line;
}

Result<CommandLine> parse_in_group(const std::string& group,
                                   std::span<const std::string> arguments) {
  if (!arguments.empty() && asks_for_help(arguments.front())) return help(group_help(group));
  const std::string see = "; see toolpost " + group + " --help";
  if (arguments.empty()) return invalid("toolpost " + group + ": expected a command" + see);
  const std::string& word = arguments.front();
  if (const CommandSpec* spec = find_command(group + " " + word)) {
    return parse_command(*spec, arguments.subspan(1));
  }
  const std::string nearest_word = suggestion(word, next_words(group));
  return invalid("toolpost " + group + ": unknown command " + json_string(word) +
                 (nearest_word.empty() ? see : nearest_word));
}

}  // namespace

Result<CommandLine> parse_command_line(std::span<const std::string> arguments,
                                       const Environment& environment) {
  const std::string first = arguments.empty() ? std::string{} : arguments.front();
  if (asks_for_help(first)) return help(overview());
  if (first == "--version") {
    CommandLine line;
    line.command = Command::kVersion;
    return line;
  }
  const auto chosen = command_of_environment(environment);
  if (!chosen) return chosen.error();
  if (first.empty() || first.starts_with('-')) {
    if (*chosen != nullptr) return parse_command(**chosen, arguments);
    return invalid("no command given and MCP_TRANSPORT is not set\n\n" + overview());
  }
  if (is_group(first)) return parse_in_group(first, arguments.subspan(1));
  if (const CommandSpec* spec = find_command(first)) {
    return parse_command(*spec, arguments.subspan(1));
  }
  const std::string nearest_word = suggestion(first, next_words(""));
  return invalid("unknown command " + json_string(first) +
                 (nearest_word.empty() ? "; see toolpost --help" : nearest_word));
}

}  // namespace toolpost::config
