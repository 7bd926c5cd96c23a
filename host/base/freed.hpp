// SPDX-License-Identifier: Apache-2.0
// For std::unique_ptr of what a C library made: Freed<BIO_free>.
#pragma once

namespace toolpost {

template <auto Function>
struct Freed {
  template <class T>
  void operator()(T* object) const noexcept {
    Function(object);
  }
};

}  // namespace toolpost
