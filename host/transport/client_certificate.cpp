// SPDX-License-Identifier: Apache-2.0
#include "transport/client_certificate.hpp"

#include "base/hex.hpp"

#include <openssl/evp.h>
#include <openssl/x509v3.h>

#include <array>
#include <memory>

namespace toolpost::transport {
namespace {

constexpr std::string_view kFingerprint = "sha256:";

std::string fingerprint_of(const X509& certificate) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  if (X509_digest(&certificate, EVP_sha256(), digest.data(), &size) != 1) return {};
  std::string text{kFingerprint};
  append_hex(text, digest.data(), size);
  return text;
}

std::string_view kind_of(int type) {
  switch (type) {
    case GEN_URI:
      return "uri:";
    case GEN_DNS:
      return "dns:";
    case GEN_EMAIL:
      return "email:";
    default:
      return {};
  }
}

std::string lower(std::string text) {
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return text;
}

// Names of hosts do not know case; paths of URIs and mailboxes may.
std::string comparable(std::string name) {
  return name.starts_with("dns:") || name.starts_with(kFingerprint) ? lower(std::move(name)) : name;
}

}  // namespace

ClientCertificate read_client_certificate(const X509& certificate) {
  ClientCertificate facts;
  facts.fingerprint = fingerprint_of(certificate);
  const std::unique_ptr<GENERAL_NAMES, decltype(&GENERAL_NAMES_free)> names{
      static_cast<GENERAL_NAMES*>(
          X509_get_ext_d2i(&certificate, NID_subject_alt_name, nullptr, nullptr)),
      &GENERAL_NAMES_free};
  const int count = names ? sk_GENERAL_NAME_num(names.get()) : 0;
  for (int i = 0; i < count; ++i) {
    int type = 0;
    const void* value = GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(names.get(), i), &type);
    const std::string_view kind = kind_of(type);
    if (kind.empty() || value == nullptr) continue;
    const auto* text = static_cast<const ASN1_STRING*>(value);
    const std::string_view bytes{reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
                                 static_cast<std::size_t>(ASN1_STRING_length(text))};
    // A NUL in a name is there to fool somebody.
    if (bytes.find('\0') != std::string_view::npos) continue;
    facts.names.push_back(std::string{kind}.append(bytes));
  }
  return facts;
}

Result<ClientUsers> ClientUsers::parse(const std::vector<std::string>& entries) {
  constexpr std::string_view kArrow = " = ";
  ClientUsers users;
  for (const std::string& entry : entries) {
    const std::size_t arrow = entry.rfind(kArrow);
    if (arrow == std::string::npos) {
      return invalid("\"" + entry + "\": expected an entry such as \"dns:agent.example = ann\"");
    }
    const std::string name = comparable(entry.substr(0, arrow));
    const auto [place, added] = users.users_.emplace(name, entry.substr(arrow + kArrow.size()));
    if (!added && place->second != entry.substr(arrow + kArrow.size())) {
      return invalid("\"" + name + "\" is given to two users; keep one of the entries");
    }
  }
  return users;
}

std::optional<std::string> ClientUsers::user_of(const ClientCertificate& certificate) const {
  if (const auto exact = users_.find(certificate.fingerprint); exact != users_.end()) {
    return exact->second;
  }
  std::optional<std::string> user;
  for (const std::string& name : certificate.names) {
    const auto found = users_.find(comparable(name));
    if (found == users_.end()) continue;
    if (user && *user != found->second) return std::nullopt;
    user = found->second;
  }
  return user;
}

}  // namespace toolpost::transport
