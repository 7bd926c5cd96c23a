// SPDX-License-Identifier: Apache-2.0
#include "config/command_line.hpp"

#include "base/nearest.hpp"
#include "config/commands.hpp"
#include "config/keys.hpp"

#include <doctest/doctest.h>

using namespace toolpost;
using namespace toolpost::config;

namespace {

Result<CommandLine> parse(const std::vector<std::string>& arguments,
                          const std::optional<std::string>& transport = std::nullopt) {
  return parse_command_line(arguments, [&](std::string_view name) {
    return name == "MCP_TRANSPORT" ? transport : std::nullopt;
  });
}

std::string error_of(const std::vector<std::string>& arguments) {
  const auto parsed = parse(arguments);
  return parsed ? "" : parsed.error().message();
}

std::vector<std::string> words_of(const CommandSpec& spec) {
  const std::string words{spec.words};
  const std::size_t space = words.find(' ');
  if (space == std::string::npos) return {words};
  return {words.substr(0, space), words.substr(space + 1)};
}

}  // namespace

TEST_CASE("command line: http takes where to listen, what to read and how to log") {
  const auto line = parse({"http", "--host", "::1", "--port=0", "--config", "a.json",
                           "--project-root", "/p", "--log-format", "text", "-v"});
  REQUIRE(line.has_value());
  CHECK(line->command == Command::kHttp);
  CHECK(line->config_file == "a.json");
  std::string flags;
  for (const Override& flag : line->flags) {
    flags.append(flag.flag + " " + flag.key + "=" + flag.value + "\n");
  }
  CHECK(flags ==
        "--verbose log.level=DEBUG\n--host http.host=::1\n--port http.port=0\n"
        "--project-root project_root=/p\n--log-format log.format=text\n");
}

TEST_CASE("command line: policy check takes packages and where they come from") {
  const auto line = parse({"policy", "check", "--source", "https://x.example/simple",
                           "requests[a]==1", "b ; os_name == 'nt'"});
  REQUIRE(line.has_value());
  CHECK(line->command == Command::kPolicyCheck);
  CHECK(line->source == "https://x.example/simple");
  CHECK(line->arguments == std::vector<std::string>{"requests[a]==1", "b ; os_name == 'nt'"});
  CHECK(error_of({"policy", "check"}).find("expected PACKAGE...") != std::string::npos);
  CHECK(parse({"policy", "check", "x"})->source.empty());
}

TEST_CASE("command line: every command is reachable and explains itself") {
  for (const CommandSpec& spec : command_specs()) {
    auto arguments = words_of(spec);
    arguments.emplace_back("--help");
    const auto line = parse(arguments);
    REQUIRE(line.has_value());
    CHECK(line->command == Command::kHelp);
    CHECK(line->help.starts_with("Usage: toolpost " + std::string{spec.words} + " [OPTIONS]"));
    CHECK(line->help.find("Exit codes:") != std::string::npos);
    CHECK(overview().find(spec.summary) != std::string::npos);

    arguments.pop_back();
    if ((spec.options & kOptIssuedKey) != 0) arguments.emplace_back("--username=ann");
    for (std::size_t i = 0; i < spec.min_arguments; ++i) arguments.emplace_back("{}");
    const auto run = parse(arguments);
    REQUIRE(run.has_value());
    CHECK(run->command == spec.command);
    CHECK(run->arguments.size() == spec.min_arguments);
  }
}

TEST_CASE("command line: no line of a help text is wider than a terminal") {
  for (const CommandSpec& spec : command_specs()) {
    const std::string text = command_help(spec);
    for (std::size_t start = 0; start < text.size();) {
      const std::size_t end = text.find('\n', start);
      CHECK(end - start <= 100);
      start = end + 1;
    }
  }
}

TEST_CASE("command line: options set keys that exist, and none takes a secret") {
  for (const OptionSpec& option : option_specs()) {
    if (!option.key.empty()) CHECK(find_key(option.key) != nullptr);
    if (option.value == "FILE") continue;
    for (const char* secret : {"key", "token", "password", "secret"}) {
      CHECK(option.name.find(secret) == std::string_view::npos);
    }
  }
}

TEST_CASE("command line: whose key, and where it comes from or goes to") {
  const auto line = parse({"create-admin", "--username", "ann", "--key-out", "a.key"});
  REQUIRE(line.has_value());
  CHECK(line->command == Command::kCreateAdmin);
  CHECK(line->username == "ann");
  CHECK(line->key_out == "a.key");
  CHECK(!line->key_file);
  CHECK(parse({"users", "recover", "--username", "ann", "--key-file", "k"})->key_file == "k");
  CHECK(parse({"list-users"})->command == Command::kUsersList);
  CHECK(parse({"create-admin"}).error().message().find("--username NAME") != std::string::npos);
  CHECK(parse({"create-admin", "--username=a", "--key-out=b", "--key-file=c"}).has_error());
  CHECK(parse({"create-admin", "--username=a", "--api-key=b"}).has_error());
}

TEST_CASE("command line: help and version") {
  for (const char* word : {"--help", "-h", "help"}) CHECK(parse({word})->help == overview());
  CHECK(parse({"--version"})->command == Command::kVersion);
  CHECK(parse({"plugin", "--help"})->help == group_help("plugin"));
  CHECK(parse({"call", "-h"})->command == Command::kHelp);
}

TEST_CASE("command line: MCP_TRANSPORT chooses only when no command is given") {
  CHECK(parse({}, "http")->command == Command::kHttp);
  CHECK(parse({"--log-level", "WARN"}, "stdio")->command == Command::kStdio);
  CHECK(parse({"stdio"}, "http")->command == Command::kStdio);
  CHECK(parse({}, "sse").error().message() ==
        "MCP_TRANSPORT: expected http or stdio, found \"sse\"");
  CHECK(parse({"http"}, "").error().message().starts_with("MCP_TRANSPORT: is empty"));
  const auto nothing = parse({});
  REQUIRE(nothing.has_error());
  CHECK(nothing.error().message().find("Usage: toolpost COMMAND") != std::string::npos);
}

TEST_CASE("command line: a mistyped command or option is answered with the nearest one") {
  CHECK(error_of({"htpp"}) == "unknown command \"htpp\"; did you mean \"http\"?");
  CHECK(error_of({"zzzzzz"}) == "unknown command \"zzzzzz\"; see toolpost --help");
  CHECK(error_of({"plugin", "lits"}) ==
        "toolpost plugin: unknown command \"lits\"; did you mean \"list\"?");
  CHECK(error_of({"config"}) == "toolpost config: expected a command; see toolpost config --help");
  CHECK(error_of({"http", "--prot", "1"}) ==
        "toolpost http has no option \"--prot\"; did you mean \"--port\"?");
  CHECK(error_of({"http", "--por", "1"}) ==
        "toolpost http has no option \"--por\"; did you mean \"--port\"?");
  CHECK(error_of({"stdio", "--port", "1"}) == "toolpost stdio has no option \"--port\"");
}

TEST_CASE("command line: missing and surplus words are refused") {
  CHECK(error_of({"call", "lock"}) ==
        "toolpost call: expected TOOL ARGUMENTS-JSON; see toolpost call --help");
  CHECK(error_of({"call", "lock", "{}", "x"}) == "toolpost call: unexpected argument \"x\"");
  CHECK(error_of({"http", "x\ny"}) == "toolpost http: unexpected argument \"x\\ny\"");
  CHECK(error_of({"http", "--port"}).starts_with("toolpost http: "));
  CHECK(error_of({"http", "--port", "1", "--port", "2"}).starts_with("toolpost http: "));
  CHECK(error_of({"http", "-v", "--log-level", "INFO"}) ==
        "--verbose and --log-level contradict each other; give one of them");
  CHECK(error_of({"http", "-x"}).starts_with("toolpost http has no option \"-x\""));
}

TEST_CASE("command line: a value that the option cannot take makes the line wrong") {
  CHECK(error_of({"http", "--port", "abc"}) ==
        "--port: expected an integer from 0 to 65535, found \"abc\"");
  CHECK(error_of({"http", "--port", "70000"}) ==
        "--port: expected an integer from 0 to 65535, found 70000");
  CHECK(error_of({"http", "--port="}) != "");
  CHECK(error_of({"http", "--log-level", "LOUD"}).starts_with("--log-level: expected one of"));
  CHECK(parse({"http", "--port", "0", "--project-root", "~/x", "--log-level", "warning"})
            .has_value());
  CHECK(error_of({"audit", "tail", "--type", "nonsense"}) ==
        "--type: expected one of start, stop, closed, segment, gap, checkpoint, intent, outcome, "
        "login_failure, plugin, config, users, retention; found \"nonsense\"");
  CHECK(parse({"audit", "export", "--type", "outcome"}).has_value());
  CHECK(error_of({"backup", "restore", "x.tar", "--only", "nope"})
            .starts_with("--only: expected one of config, "));
  CHECK(parse({"backup", "restore", "x.tar", "--only", "users"}).has_value());
}

TEST_CASE("command line: the arguments of a call are a JSON object") {
  CHECK(error_of({"call", "echo", "notjson"}).starts_with("ARGUMENTS-JSON: "));
  CHECK(error_of({"call", "echo", "[]"}) == "ARGUMENTS-JSON: expected an object, found array");
  CHECK(error_of({"policy", "why", "ann", "echo", "{"}).starts_with("ARGUMENTS-JSON: "));
  CHECK(parse({"policy", "why", "ann", "echo"}).has_value());
}

TEST_CASE("command line: operands come in order, also behind --") {
  CHECK(parse({"plugin", "pin", "a.b", "c.d"})->arguments ==
        std::vector<std::string>{"a.b", "c.d"});
  CHECK(parse({"call", "--", "--odd", "{\"a\": -1}"})->arguments ==
        std::vector<std::string>{"--odd", "{\"a\": -1}"});
  const auto inspect = parse({"plugin", "inspect", "--manifest", "./x.so"});
  REQUIRE(inspect.has_value());
  CHECK(inspect->manifest);
  CHECK(parse({"config", "print", "--origins"})->origins);
}

TEST_CASE("nearest: a slip of the fingers is mended, another word is not") {
  const std::string_view names[] = {"enabled", "prefix", "timeout_ms", "port"};
  CHECK(nearest("enabld", names) == "enabled");
  CHECK(nearest("Enabled", names) == "enabled");
  CHECK(nearest("prot", names) == "port");
  CHECK(nearest("timeout", names) == "timeout_ms");
  CHECK(nearest("tim", names) == "timeout_ms");
  CHECK_FALSE(nearest("host", names));
  CHECK_FALSE(nearest("", names));
  CHECK_FALSE(nearest(std::string(1000, 'a'), names));
  CHECK(edit_distance("abcd", "badc") == 2);
  CHECK(edit_distance("", "abc") == 3);
}

TEST_CASE("command line: client takes a client, a name, and how the server is reached") {
  const auto line = parse({"client", "install", "cursor", "--name", "tools", "--file", "m.json",
                           "--config", "t.json", "--project-root", "p"});
  REQUIRE(line.has_value());
  CHECK(line->command == Command::kClientInstall);
  CHECK(line->arguments == std::vector<std::string>{"cursor"});
  CHECK(line->client.name == "tools");
  CHECK(line->client.file == "m.json");
  CHECK(line->config_file == "t.json");
  CHECK(line->client.project_root == "p");
  CHECK(parse({"client", "remove", "vscode"})->client.name == "toolpost");
  const auto remote = parse({"client", "print", "vscode", "--url", "http://[::1]:8000/mcp"});
  REQUIRE(remote.has_value());
  CHECK(remote->client.url == "http://[::1]:8000/mcp");
  CHECK(error_of({"client", "install"}).find("expected CLIENT") != std::string::npos);
  CHECK(error_of({"client", "remove", "cursor", "--url", "http://x"}).find("has no option") !=
        std::string::npos);
}

TEST_CASE("command line: client refuses what would do harm in the client's file") {
  const auto error = [](std::vector<std::string> more) {
    std::vector<std::string> arguments{"client", "print", "cursor"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return error_of(arguments);
  };
  CHECK(error({"--name", "a b"}).starts_with("--name: expected 1 to 64"));
  CHECK(error({"--name="}) != "");
  CHECK(error({"--name", std::string(65, 'a')}) != "");
  CHECK(error({"--url", "x.example/mcp"}).starts_with("--url: expected a URL"));
  CHECK(error({"--url", "file:///etc/passwd"}).starts_with("--url: expected a URL"));
  CHECK(error({"--url", "https://ann:geheim@x.example"}) ==
        "--url: a user name or password in the URL would end in the client's file");
  CHECK(error({"--url", "https://x.example/${HOME}"}).starts_with("--url: the client would"));
  CHECK(error({"--url", "ann:geheim@x"}).find("geheim") == std::string::npos);
  CHECK(error({"--url", "https://a b"}).starts_with("--url: expected a URL"));
  CHECK(error({"--url", "https://x.example", "--config", "c"}).starts_with("--config and"));
  CHECK(error({"--open"}) == "--open means something only with --url");
}

TEST_CASE("command line: version can be asked in two ways, and as JSON") {
  CHECK(parse({"version"})->command == Command::kVersion);
  CHECK_FALSE(parse({"--version"})->json);
  CHECK(parse({"version", "--json"})->json);
}
