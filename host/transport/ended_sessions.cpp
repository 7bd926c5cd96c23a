// SPDX-License-Identifier: Apache-2.0
#include "transport/ended_sessions.hpp"

#include "base/make_directories.hpp"
#include "base/unique_fd.hpp"
#include "transport/session_id.hpp"

#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <utility>

namespace toolpost::transport {
namespace {

namespace fs = std::filesystem;

constexpr int kPrivateFile = 0600;

// The end of an id is its seal, which no other id shares.
constexpr std::size_t kNameBytes = 40;

std::string_view name_of(std::string_view session_id) {
  return session_id.substr(session_id.size() - std::min(session_id.size(), kNameBytes));
}

// Those that would have expired by now are taken away.
Result<std::set<std::string, std::less<>>> read_names(const std::string& directory) {
  std::set<std::string, std::less<>> names;
  std::error_code ec;
  const auto oldest = fs::file_time_type::clock::now() - kSessionLife;
  for (auto place = fs::directory_iterator{directory, ec}; !ec && place != fs::directory_iterator{};
       place.increment(ec)) {
    std::error_code gone;
    const auto written = place->last_write_time(gone);
    if (gone) continue;
    if (written < oldest) {
      fs::remove(place->path(), gone);
    } else {
      names.insert(place->path().filename().string());
    }
  }
  if (ec) return Error{Errc::kIo, directory + ": " + ec.message()};
  return names;
}

}  // namespace

class EndedSessions::ReadJob final : public async::Job {
 public:
  explicit ReadJob(EndedSessions& sessions) : sessions_(sessions) { ++sessions_.busy_; }

  void run() noexcept override {
    sessions_.results_.send(read());
    --sessions_.busy_;
  }

 private:
  Result<Names> read() noexcept {
    try {
      return read_names(sessions_.directory_);
    } catch (const std::bad_alloc&) {
      return Error{Errc::kLimit, {}};
    }
  }

  EndedSessions& sessions_;
};

EndedSessions::EndedSessions(boost::asio::io_context& io, async::WorkerPool& pool,
                             std::string directory, Log& log)
    : pool_(pool),
      directory_(std::move(directory)),
      log_(log),
      timer_(io),
      results_(io, [this](Result<Names> read) { on_read(std::move(read)); }) {}

Result<> EndedSessions::load() {
  if (directory_.empty()) return {};
  if (auto made = make_private_directories(directory_); !made) return made.error();
  auto names = read_names(directory_);
  if (!names) return names.error();
  names_ = std::move(*names);
  return {};
}

void EndedSessions::start() {
  if (!directory_.empty()) arm();
}

void EndedSessions::stop() {
  stopped_ = true;
  timer_.cancel();
}

void EndedSessions::arm() {
  timer_.expires_after(kInterval);
  timer_.async_wait([this](const boost::system::error_code& ec) {
    if (ec || stopped_) return;
    // One that hangs must not collect others behind it.
    if (!std::exchange(reading_, true)) pool_.submit(std::make_shared<ReadJob>(*this));
    arm();
  });
}

void EndedSessions::on_read(Result<Names> read) {
  reading_ = false;
  if (!read) {
    // What is known stays known; who has ended a session meanwhile waits.
    if (!std::exchange(complained_, true)) {
      log_.warn("the ended sessions of other replicas cannot be read",
                {{"reason", read.error().message()}});
    }
    return;
  }
  complained_ = false;
  // One that was ended here while the directory was read is not lost.
  for (auto& name : *read) names_.insert(name);
  if (names_.size() > read->size())
    std::erase_if(names_, [&](const std::string& name) {
      return !read->contains(name) && !fs::exists(fs::path{directory_} / name);
    });
}

bool EndedSessions::has(std::string_view session_id) const {
  return names_.contains(name_of(session_id));
}

Result<> EndedSessions::add(std::string_view session_id) {
  const std::string name{name_of(session_id)};
  if (!directory_.empty()) {
    const std::string path = directory_ + "/" + name;
    const UniqueFd fd{::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, kPrivateFile)};
    if (!fd) {
      Error error = errno_error("create " + path, errno);
      if (!complained_of_add_) {
        log_.error("a session could not be ended", {{"reason", error.message()}});
      }
      complained_of_add_ = true;
      return error;
    }
    complained_of_add_ = false;
  }
  names_.insert(name);
  return {};
}

}  // namespace toolpost::transport
