// SPDX-License-Identifier: Apache-2.0
#include "base/redact.hpp"
#include "made_certificate.hpp"
#include "transport/client_certificate.hpp"
#include "transport/tls_context.hpp"
#include "transport/tls_files.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sys/stat.h>

using namespace toolpost;
using transport::ClientCertificates;
using transport::TlsContext;
using transport::TlsOptions;

namespace {

class Place {
 public:
  Place() {
    char name[] = "/tmp/toolpost-tls-test-XXXXXX";
    path_ = ::mkdtemp(name);
  }

  ~Place() { std::filesystem::remove_all(path_); }

  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;

  std::string write(const std::string& name, const std::string& text, mode_t mode = 0600) const {
    std::string path = path_ + "/" + name;
    std::ofstream{path} << text;
    ::chmod(path.c_str(), mode);
    return path;
  }

  std::string path(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

std::string error_of(const TlsOptions& options) {
  const auto loaded = TlsContext::load(options);
  return loaded ? "" : loaded.error().message();
}

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("tls: a pair that belongs together loads, and says when it ends") {
  const Place place;
  const testing::MadeCertificate one{"DNS:localhost", 3600};
  const TlsOptions options{.certificate_file = place.write("crt", one.certificate_pem(), 0644),
                           .key_file = place.write("key", one.key_pem(), 0640),
                           .client_ca_file = {}};
  const auto loaded = TlsContext::load(options);
  REQUIRE_MESSAGE(loaded.has_value(), error_of(options));
  CHECK((*loaded)->new_session() != nullptr);
  const auto left = (*loaded)->expires() - std::chrono::system_clock::now();
  CHECK(left > std::chrono::minutes{58});
  CHECK(left < std::chrono::minutes{61});
}

TEST_CASE("tls: what is wrong with a pair is named, with the file") {
  const Place place;
  const testing::MadeCertificate one{"DNS:localhost"};
  const testing::MadeCertificate other{"DNS:localhost"};
  const std::string certificate = place.write("crt", one.certificate_pem());
  const std::string key = place.write("key", one.key_pem());
  const auto with_key = [&](const std::string& file) {
    return error_of({.certificate_file = certificate, .key_file = file, .client_ca_file = {}});
  };
  CHECK(has(with_key(place.write("other", other.key_pem())), "is not the key of the certificate"));
  CHECK(has(with_key(place.write("locked", one.encrypted_key_pem())), "encrypted"));
  CHECK(has(with_key(place.write("text", "hello")), "no private key"));
  CHECK(has(with_key(certificate), "no private key"));
  CHECK(has(with_key(place.path("absent")), "absent"));
  CHECK(has(with_key(place.write("world", one.key_pem(), 0644)), "chmod o= '"));
  CHECK(has(with_key(place.write("group", one.key_pem(), 0660)), "chmod go-w '"));
  CHECK(has(with_key("/"), "/"));
  const auto with_certificate = [&](const std::string& text) {
    return error_of(
        {.certificate_file = place.write("crt2", text), .key_file = key, .client_ca_file = {}});
  };
  CHECK(has(with_certificate(one.key_pem()), "no certificate"));
  CHECK(has(with_certificate(""), "no certificate"));
  CHECK(has(with_certificate(one.certificate_pem() +
                             "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"),
            "what follows"));
  CHECK(with_certificate(one.certificate_pem() + other.certificate_pem()).empty());
}

TEST_CASE("tls: what is told of a wrong file is not taken for a secret") {
  const Place place;
  const testing::MadeCertificate one{"DNS:localhost", 3600};
  const std::string junk = place.write("junk", "junk\n");
  const std::string certificate = place.write("crt", one.certificate_pem());
  const std::string key = place.write("key", one.key_pem());
  const auto check = [](const TlsOptions& options, std::string_view hint) {
    const std::string error = error_of(options);
    CHECK_MESSAGE(has(error, hint), error);
    std::string scratch;
    CHECK(redacted(error, scratch) == error);
  };
  TlsOptions options{.certificate_file = junk, .key_file = key, .client_ca_file = {}};
  check(options, "BEGIN CERTIFICATE");
  options = {.certificate_file = certificate, .key_file = junk, .client_ca_file = {}};
  check(options, "BEGIN PRIVATE KEY");
  options = {.certificate_file = certificate, .key_file = key, .client_ca_file = junk};
  options.client_certificates = ClientCertificates::kRequired;
  check(options, "BEGIN CERTIFICATE");
}

TEST_CASE("tls: settings that contradict each other are refused") {
  CHECK(transport::check_tls_options({}).has_value());
  TlsOptions options{.certificate_file = "c", .key_file = {}, .client_ca_file = {}};
  CHECK(transport::check_tls_options(options).has_error());
  options.key_file = "k";
  CHECK(transport::check_tls_options(options).has_value());
  options.client_certificates = ClientCertificates::kRequired;
  CHECK(transport::check_tls_options(options).has_error());
  options.client_ca_file = "a";
  CHECK(transport::check_tls_options(options).has_value());
  options.certificate_file = options.key_file = {};
  CHECK(transport::check_tls_options(options).has_error());
}

TEST_CASE("tls: a file that is replaced or written has another stamp") {
  const Place place;
  CHECK(transport::stamp_of(place.path("absent")) == transport::TlsFileStamp{});
  const std::string path = place.write("a", "1");
  const auto first = transport::stamp_of(path);
  CHECK(transport::stamp_of(path) == first);
  std::filesystem::rename(place.write("b", "1"), path);
  CHECK_FALSE(transport::stamp_of(path) == first);
}

TEST_CASE("client certificate: names and fingerprint are read") {
  const testing::MadeCertificate one{
      "DNS:Agent.example,URI:spiffe://example/Agent,email:ann@example.org,IP:10.0.0.1"};
  const auto facts = transport::read_client_certificate(*one.x509);
  CHECK(facts.names == std::vector<std::string>{"dns:Agent.example", "uri:spiffe://example/Agent",
                                                "email:ann@example.org"});
  CHECK(facts.fingerprint.size() == 7 + 64);
  CHECK(facts.fingerprint.starts_with("sha256:"));
  const auto users =
      transport::ClientUsers::parse({"dns:agent.example = ann", facts.fingerprint + " = bob"});
  REQUIRE(users.has_value());
  CHECK(users->user_of(facts) == "bob");
}

TEST_CASE("client users: one certificate is one user or nobody") {
  const auto users = transport::ClientUsers::parse(
      {"dns:Agent.example = ann", "uri:x://A = bob", "uri:x://b = ann", "uri:x://c = d = carl"});
  REQUIRE(users.has_value());
  const auto user = [&](std::vector<std::string> names) {
    return users->user_of({.fingerprint = "sha256:0", .names = std::move(names)}).value_or("");
  };
  CHECK(user({"dns:agent.EXAMPLE"}) == "ann");
  CHECK(user({"uri:x://A"}) == "bob");
  CHECK(user({"uri:x://a"}) == "");
  CHECK(user({"email:agent.example"}) == "");
  CHECK(user({"dns:agent.example", "uri:x://b", "dns:else"}) == "ann");
  CHECK(user({"dns:agent.example", "uri:x://A"}) == "");
  CHECK(user({"uri:x://c = d"}) == "carl");
  CHECK(user({}) == "");
  CHECK(transport::ClientUsers::parse({"dns:a = ann", "dns:A = bob"}).has_error());
  CHECK(transport::ClientUsers::parse({"dns:a"}).has_error());
}
