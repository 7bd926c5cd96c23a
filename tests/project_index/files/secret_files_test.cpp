// SPDX-License-Identifier: Apache-2.0
#include "files/secret_files.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

using namespace toolpost::project_index;

namespace {

SecretFiles allowing(const std::vector<std::string>& globs) {
  auto files = SecretFiles::make(globs);
  REQUIRE(files);
  return *files;
}

}  // namespace

TEST_CASE("secret files: denied by their names, in any case and at any depth") {
  const SecretFiles files = allowing({});
  for (const char* path : {".env",
                           ".env.local",
                           "a/.ENV.production",
                           "prod.env",
                           ".envrc",
                           "id_rsa",
                           "a/id_ed25519",
                           "ID_RSA",
                           "id_rsa.old",
                           "id_rsa_deploy",
                           "server.pem",
                           "SERVER.PEM",
                           "a/b/tls.key",
                           "x.p12",
                           "store.jks",
                           ".netrc",
                           ".npmrc",
                           ".pypirc",
                           ".pgpass",
                           "credentials",
                           "credentials.json",
                           ".git-credentials",
                           "users.json",
                           "secrets.yaml",
                           "terraform.tfstate",
                           "terraform.tfstate.backup",
                           ".git/config",
                           ".git",
                           "a/.git/hooks/x",
                           ".ssh/config",
                           ".aws/x",
                           "a/.KUBE/config",
                           ".docker/config.json",
                           ".gnupg/x",
                           ".htpasswd",
                           ".env~",
                           "#.env#",
                           ".env copy",
                           ".env.swp",
                           ".netrc.bak",
                           "a/credentials.json~",
                           "secrets.yml.bak",
                           "server.key.old.bak",
                           "terraform.tfvars",
                           "kubeconfig",
                           ".bash_history"}) {
    CAPTURE(path);
    CHECK(files.denies(path, false));
  }
  for (const char* path : {"notes~", "a.c.bak", "#todo#", "environment.old", "auth.json"}) {
    CAPTURE(path);
    CHECK_FALSE(files.denies(path, false));
  }
}

TEST_CASE("secret files: source code with a similar name is shown") {
  const SecretFiles files = allowing({});
  for (const char* path : {"id_rsa.pub", "id_rsa_parser.cpp", "credentials.py", "secrets.go",
                           "users.cpp", "environment", ".environment", "keys.txt", "key", "pem.c",
                           ".gitignore", ".github/workflows/x.yml", "src/env/a.c", "git/config",
                           "a.keys", "my_users.json", "identity.cpp"}) {
    CAPTURE(path);
    CHECK_FALSE(files.denies(path, false));
  }
}

TEST_CASE("secret files: a rule allows what it names and no more") {
  const SecretFiles files = allowing({"tests/*.pem", ".env.example", "/data/.aws/"});
  CHECK_FALSE(files.denies("tests/a.pem", false));
  CHECK(files.denies("a.pem", false));
  CHECK_FALSE(files.denies("a/.env.example", false));
  CHECK(files.denies(".env", false));
  CHECK_FALSE(files.denies("data/.aws/x", false));
  CHECK(files.denies("data/.aws/credentials", false));
  CHECK_FALSE(allowing({"*"}).denies(".env", false));
  CHECK_FALSE(SecretFiles::make({"!a"}));
  CHECK_FALSE(SecretFiles::make({""}));
  CHECK_FALSE(SecretFiles::make({"a\nb"}));
}

TEST_CASE("secrets in text: private keys go, and lines keep their numbers") {
  const std::string key =
      "a\n-----BEGIN RSA PRIVATE KEY-----\nMIIabc\ndef\n-----END RSA PRIVATE KEY-----\nb\n";
  const std::string shown = without_secrets(key);
  CHECK(shown.find("MIIabc") == std::string::npos);
  CHECK(std::count(shown.begin(), shown.end(), '\n') == std::count(key.begin(), key.end(), '\n'));
  CHECK(shown.substr(0, 2) == "a\n");
  CHECK(shown.substr(shown.size() - 2) == "b\n");
  // Pieces of a file: without a beginning, without an end.
  CHECK(without_secrets("MIIabc\n-----END PRIVATE KEY-----\nb").find("MII") == std::string::npos);
  CHECK(without_secrets("a\n-----BEGIN OPENSSH PRIVATE KEY-----\nMIIabc\n").find("MII") ==
        std::string::npos);
  const std::string two = without_secrets(key + key);
  CHECK(two.find("MIIabc") == std::string::npos);
  CHECK(two.find("b\na\n") != std::string::npos);
  const std::string certificate =
      "-----BEGIN CERTIFICATE-----\nMIIabc\n-----END CERTIFICATE-----\n";
  CHECK(without_secrets(certificate) == certificate);
}

TEST_CASE("secrets in text: code that speaks of private keys stays, with what is behind it") {
  const std::string begin = "-----BEGIN PRIVATE KEY-----";
  const std::string end = "-----END PRIVATE KEY-----";
  const std::vector<std::string> codes = {
      "if (text.starts_with(\"" + begin + "\")) {\n  return load(text);\n}\nvoid f();\n",
      "kBegin = \"" + begin + "\";\nkEnd = \"" + end + "\";\nvoid f();\n",
      "x = '" + begin + "'\n\nclass Key:\n    def load(self):\n        return self.x\n",
      "a = 1\nreturn text.find(\"" + end + "\") != npos;\n",
      "It begins with `" + begin + "` and ends with\nthe words of `" + end + "`.\n",
  };
  for (const std::string& code : codes) {
    CAPTURE(code);
    CHECK(without_secrets(code) == code);
  }
}

TEST_CASE("secrets in text: a private key goes however it is written") {
  const std::string begin = "-----BEGIN RSA PRIVATE KEY-----";
  const std::string end = "-----END RSA PRIVATE KEY-----";
  const std::string one = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj";
  const std::string last = "c2hvcnQ=";
  const auto in_lines = [&](const std::string& before, const std::string& behind) {
    std::string text;
    for (const auto& line : {begin, one, last, end}) {
      text.append(before).append(line).append(behind).append("\n");
    }
    return "first\n" + text + "behind it\n";
  };
  const std::vector<std::string> texts = {
      in_lines("", ""),
      in_lines("", "\r"),
      in_lines("    ", ""),
      in_lines("\"", "\\n\""),
      in_lines("  '", "\\n' +"),
      in_lines("# ", ""),
      in_lines("// ", ""),
      in_lines("+", ""),
      in_lines(" * ", ""),
      in_lines("> ", ""),
      in_lines("\"", "\","),
      in_lines("(\"", "\\n\")"),
      "first\n{\"key\": \"" + begin + "\\n" + one + "\\n" + last + "\\n" + end +
          "\\n\"}\nbehind it\n",
      "first\nKEY=" + begin + " " + one + " " + last + " " + end + "\nbehind it\n",
      "first\n" + begin + "\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,0123\n\n" + one + "\n" +
          last + "\n" + end + "\nbehind it\n",
      "first\n" + begin + "\nProc-Type: 4,ENCRYPTED\n\n" + one + "\n" + last +
          "\n\nbehind it\n",  // cut off
      "first\n" + begin + "\n" + one + "\nlet me explain: " + one + "\n" + last + "\n" + end +
          "\nbehind it\n",
  };
  for (const std::string& text : texts) {
    CAPTURE(text);
    const auto shown = without_secrets(text);
    CHECK(shown.find(one.substr(0, 12)) == std::string::npos);
    CHECK(shown.find(last) == std::string::npos);
    CHECK(shown.find("[secret removed]") != std::string::npos);
    CHECK(shown.starts_with("first\n"));
    CHECK(shown.ends_with("behind it\n"));
    CHECK(std::count(shown.begin(), shown.end(), '\n') ==
          std::count(text.begin(), text.end(), '\n'));
    CHECK(without_secrets(shown) == shown);
  }
}

TEST_CASE("secrets in text: tokens and passwords in URLs go, the rest stays") {
  const std::string notice = "[secret removed]";
  // Put together here, so that no scanner takes this file for a leak.
  const std::string forty(40, 'a');
  CHECK(without_secrets("x ghp"
                        "_" +
                        forty + " y") == "x " + notice + " y");
  CHECK(without_secrets("AKIA"
                        "ABCDEFGHIJKLMNOP") == notice);
  CHECK(without_secrets("\"sk"
                        "-" +
                        forty + "\"") == "\"" + notice + "\"");
  CHECK(without_secrets("eyJ" + forty + ".eyJ" + forty + "." + forty) == notice);
  CHECK(without_secrets("aws_secret_access_key = " + forty) == "aws_secret_access_key = " + notice);
  CHECK(without_secrets("https://me:hunter2@example.org/a") ==
        "https://me:" + notice + "@example.org/a");
  CHECK(without_secrets("db://u:p@ss<wo>rd@host/db") == "db://u:" + notice + "@host/db");
  CHECK(without_secrets("my_ghp"
                        "_" +
                        forty) == "my_" + notice);
  CHECK(without_secrets("redis://:hunter2@example.org") == "redis://:" + notice + "@example.org");
  for (const char* text : {"https://example.org:8080/a@b", "password = read_password()",
                           "task-force-of-the-year-is-big", "std::map<std::string, int> ghp_;",
                           "a@b.c: x", "https://example.org/x:y/@z"}) {
    CHECK(without_secrets(text) == text);
  }
}

TEST_CASE("secrets in text: what stood around a key does not come together") {
  const std::string key = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj";
  const auto shown = without_secrets("\"-----BEGIN PRIVATE KEY-----\",\n\"" + key + "\",\n\"" +
                                     key + "\",\n\"-----END PRIVATE KEY-----\");\n");
  CHECK(shown == "\"[secret removed]\",\n\n\n\"[secret removed]\");\n");
  CHECK(without_secrets("a\r\n-----BEGIN PRIVATE KEY-----\r\n" + key +
                        "\r\n-----END PRIVATE KEY-----\r\nb\r\n") ==
        "a\r\n[secret removed]\r\n\n\r\nb\r\n");
}

TEST_CASE("secrets in text: what may come with their removal has to do with the notice") {
  for (const char* piece : {"[secret removed]", "secret", "t r", "[", "]", "x = [", "a[secret",
                            "]@host", "removed]x", "a[secret removed]b", "key [s"}) {
    CAPTURE(piece);
    CHECK(may_come_with_removal(piece));
  }
  for (const char* piece : {"a[i] = b", "secrets", "[x", "removed", "emoved x", "planted_needle",
                            "ed]x", "\");", "foo(bar, baz)", "x]"}) {
    CAPTURE(piece);
    const std::string_view text = piece;
    CHECK(may_come_with_removal(text) == (text == "removed" || text == "ed]x"));
  }
}

TEST_CASE("secrets in text: it is said whether there were any") {
  std::string text = "https://me:hunter2@example.org/a";
  CHECK(remove_secrets(text));
  CHECK_FALSE(remove_secrets(text));
  for (const char* harmless : {"", "plain", "-----BEGIN CERTIFICATE-----\nMIIabc\n", "sk-ip"}) {
    text = harmless;
    CHECK_FALSE(remove_secrets(text));
    CHECK(text == harmless);
  }
}

TEST_CASE("secrets in text: hostile text costs no more than its length") {
  std::string text;
  for (int count = 0; count < 50'000; ++count) text += "-----BEGIN x";
  for (int count = 0; count < 50'000; ++count) text += "a://:eyJ";
  CHECK(without_secrets(text) == text);
}

TEST_CASE("secrets in text: marks of keys without end cost no more than their length") {
  for (const char* piece : {"-----BEGIN PRIVATE KEY-----\n", "-----END PRIVATE KEY-----\n",
                            "-----BEGIN PRIVATE KEY-----x{\n-----END PRIVATE KEY-----\n",
                            "-----END PRIVATE KEY-----MIIabcd\n", "AAAAAAAA\n"}) {
    std::string text;
    while (text.size() < 2'000'000) text += piece;
    for (const char* last : {"", "-----BEGIN PRIVATE KEY-----", "-----END PRIVATE KEY-----"})
      CHECK(std::count(text.begin(), text.end(), '\n') == [&](const std::string& shown) {
        return std::count(shown.begin(), shown.end(), '\n');
      }(without_secrets(text + last)));
  }
}
