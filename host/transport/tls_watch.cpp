// SPDX-License-Identifier: Apache-2.0
#include "transport/tls_watch.hpp"

#include <new>

namespace toolpost::transport {

class TlsWatch::ReadJob final : public async::Job {
 public:
  ReadJob(TlsWatch& watch, bool always) : watch_(watch), seen_(watch.seen_), always_(always) {
    ++watch_.busy_;
  }

  void run() noexcept override {
    Found found{seen_, {}};
    try {
      // Before the content: what is written meanwhile shows at the next look.
      found.stamps = watch_.stamps();
      if (always_ || found.stamps != seen_) found.context = TlsContext::load(watch_.options_);
    } catch (const std::bad_alloc&) {
      found.stamps = seen_;
    }
    watch_.results_.send(std::move(found));
    --watch_.busy_;
  }

 private:
  TlsWatch& watch_;
  Stamps seen_;
  bool always_;
};

TlsWatch::TlsWatch(boost::asio::io_context& io, async::WorkerPool& pool, TlsOptions options,
                   Log& log)
    : pool_(pool),
      options_(std::move(options)),
      log_(log),
      timer_(io),
      results_(io, [this](Found found) { on_found(std::move(found)); }) {}

TlsWatch::Stamps TlsWatch::stamps() const {
  return {stamp_of(options_.certificate_file), stamp_of(options_.key_file),
          stamp_of(options_.client_ca_file)};
}

Result<TlsWatch::Context> TlsWatch::load() {
  seen_ = stamps();
  auto loaded = TlsContext::load(options_);
  if (loaded) current_ = *loaded;
  return loaded;
}

void TlsWatch::start(std::function<void(Context)> changed) {
  changed_ = std::move(changed);
  speak_of_expiry();
  arm();
}

void TlsWatch::stop() {
  stopped_ = true;
  timer_.cancel();
}

void TlsWatch::arm() {
  timer_.expires_after(kInterval);
  timer_.async_wait([this](const boost::system::error_code& ec) {
    if (ec || stopped_) return;
    if (std::chrono::steady_clock::now() - spoken_ > kWarnAgain) speak_of_expiry();
    read(false);
    arm();
  });
}

void TlsWatch::reload() {
  if (stopped_) return;
  read(true);
}

// A read that hangs must not collect others behind it.
void TlsWatch::read(bool always) {
  if (std::exchange(reading_, true)) {
    read_again_ = read_again_ || always;
    return;
  }
  pool_.submit(std::make_shared<ReadJob>(*this, always));
}

void TlsWatch::on_found(Found found) {
  reading_ = false;
  if (stopped_) return;
  seen_ = found.stamps;
  if (found.context && *found.context) {
    current_ = **found.context;
    log_.info("TLS certificate loaded", {{"certificate_file", options_.certificate_file}});
    changed_(current_);
    speak_of_expiry();
  } else if (found.context) {
    log_.error("the new TLS files are not taken; the old certificate stays in use",
               {{"reason", found.context->error().message()}});
  }
  if (std::exchange(read_again_, false)) read(true);
}

void TlsWatch::speak_of_expiry() {
  spoken_ = std::chrono::steady_clock::now();
  const auto left = current_->expires() - std::chrono::system_clock::now();
  const auto days = std::chrono::duration_cast<std::chrono::days>(left).count();
  if (left <= std::chrono::seconds{0}) {
    log_.error("the TLS certificate has expired and clients will refuse it; renew it",
               {{"certificate_file", options_.certificate_file}});
  } else if (left < kWarnBefore) {
    log_.warn("the TLS certificate expires soon; renew it",
              {{"certificate_file", options_.certificate_file}, {"days", std::int64_t{days}}});
  }
}

}  // namespace toolpost::transport
