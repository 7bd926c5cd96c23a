// SPDX-License-Identifier: Apache-2.0
// A self-signed certificate and its key, made on the spot.
#pragma once

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <memory>
#include <string>

namespace toolpost::testing {

struct MadeCertificate {
  std::unique_ptr<X509, decltype(&X509_free)> x509{X509_new(), X509_free};
  std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key{EVP_EC_gen("P-256"), EVP_PKEY_free};

  // `names` as OpenSSL writes a SAN: "DNS:a.example,URI:spiffe://b".
  explicit MadeCertificate(const std::string& names, long seconds_left = 86'400) {
    X509_set_version(x509.get(), 2);
    ASN1_INTEGER_set(X509_get_serialNumber(x509.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(x509.get()), -86'400);
    X509_gmtime_adj(X509_getm_notAfter(x509.get()), seconds_left);
    X509_set_pubkey(x509.get(), key.get());
    X509_NAME* name = X509_get_subject_name(x509.get());
    const unsigned char common_name[] = "test";
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, common_name, -1, -1, 0);
    X509_set_issuer_name(x509.get(), name);
    X509_EXTENSION* san =
        X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, names.c_str());
    X509_add_ext(x509.get(), san, -1);
    X509_EXTENSION_free(san);
    X509_sign(x509.get(), key.get(), EVP_sha256());
  }

  std::string certificate_pem() const {
    return text([&](BIO* bio) { PEM_write_bio_X509(bio, x509.get()); });
  }

  std::string key_pem() const {
    return text([&](BIO* bio) {
      PEM_write_bio_PrivateKey(bio, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    });
  }

  std::string encrypted_key_pem() const {
    return text([&](BIO* bio) {
      unsigned char passphrase[] = "passphrase";
      PEM_write_bio_PrivateKey(bio, key.get(), EVP_aes_128_cbc(), passphrase, 10, nullptr, nullptr);
    });
  }

 private:
  template <class Write>
  static std::string text(Write write) {
    const std::unique_ptr<BIO, decltype(&BIO_free)> bio{BIO_new(BIO_s_mem()), BIO_free};
    write(bio.get());
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio.get(), &data);
    return {data, static_cast<std::size_t>(size)};
  }
};

}  // namespace toolpost::testing
