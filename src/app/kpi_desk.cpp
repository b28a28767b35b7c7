#include "app/kpi_desk.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>

namespace bitgrid::app {
namespace {

constexpr std::int64_t kPatienceMs = 60'000;
constexpr std::int64_t kDayMs = 86'400'000;
constexpr std::size_t kMostBytes = std::size_t{1} << 20;
constexpr int kUnavailableExit = 69;  // of `bitgrid kpi`: nothing is recorded in that time

core::Result<std::string> read_whole(int file) {
    std::string text(kMostBytes + 1, '\0');
    std::size_t size = 0;
    while (size < text.size()) {
        const ssize_t got =
            ::pread(file, text.data() + size, text.size() - size, static_cast<off_t>(size));
        if (got <= 0) break;
        size += static_cast<std::size_t>(got);
    }
    text.resize(size);
    while (text.ends_with('\n')) text.pop_back();
    if (size > kMostBytes || !text.starts_with('{') || !text.ends_with('}'))
        return core::Error{core::ErrorCode::Unavailable, "the figures are not whole"};
    text.shrink_to_fit();
    return text;
}

}  // namespace

KpiDesk::KpiDesk(boost::asio::io_context& io, ports::Clock& clock, std::string program,
                 std::string data)
    : io_{io}, clock_{clock}, program_{std::move(program)}, data_{std::move(data)} {}

KpiDesk::~KpiDesk() {
    child_.reset();
    if (output_ >= 0) ::close(output_);
}

const std::string* KpiDesk::fresh(int days) const {
    const auto found = kept_.find(days);
    if (found == kept_.end() || found->second.day != clock_.wall().ms / kDayMs ||
        clock_.mono() - found->second.at >= kFreshMs)
        return nullptr;
    return &found->second.text;
}

void KpiDesk::keep(int days, std::string text) {
    kept_[days] = {std::move(text), clock_.mono(), clock_.wall().ms / kDayMs};
    if (kept_.size() <= kMostKept) return;
    kept_.erase(std::ranges::min_element(kept_, {}, [](const auto& one) { return one.second.at; }));
}

void KpiDesk::ask(int days, Answer done) {
    if (const std::string* known = fresh(days)) return done(*known);
    const core::Error busy{core::ErrorCode::Refused,
                           "figures are being computed; ask again in a few seconds"};
    const bool may_join = child_ && computing_ == days && waiting_.size() < kMostWaiting;
    if (!may_join && (child_ || clock_.mono() < rest_until_)) return done(busy);
    if (!child_)
        if (const auto begun = begin(days); !begun) return done(begun.error());
    waiting_.push_back(std::move(done));
}

core::Result<void> KpiDesk::begin(int days) {
    if (program_.empty())
        return core::Error{core::ErrorCode::Unavailable,
                           "the program bitgrid is not beside bitgridd"};
    output_ = ::memfd_create("bitgrid-kpi", MFD_CLOEXEC);
    if (output_ < 0) return core::Error{core::ErrorCode::Unavailable, "no memory for the figures"};
    auto child = ChildProcess::start(
        io_,
        {program_, "kpi", "--data", data_, "--range", std::to_string(days) + "d", "--format",
         "json", "--yield"},
        [this](int code) { ended(code); }, output_);
    if (!child) {
        ::close(std::exchange(output_, -1));
        return child.error();
    }
    computing_ = days;
    is_late_ = false;
    child_ = std::move(*child);
    patience_ = clock_.after(kPatienceMs, [this] {
        is_late_ = true;
        child_->kill();
    });
    return {};
}

void KpiDesk::ended(int code) {
    patience_.reset();
    auto result = result_of(code);
    ::close(std::exchange(output_, -1));
    rest_until_ = clock_.mono() + kPauseMs;
    if (result) keep(computing_, *result);
    // Answers may ask again: everything is as it should be by then.
    const std::vector<Answer> waiting = std::exchange(waiting_, {});
    const std::unique_ptr<ChildProcess> gone = std::move(child_);
    for (const Answer& done : waiting) done(result);
}

core::Result<std::string> KpiDesk::result_of(int code) const {
    if (is_late_)
        return core::Error{core::ErrorCode::Timeout,
                           "it took longer than a minute; take less days"};
    if (code == kUnavailableExit)
        return core::Error{core::ErrorCode::NotFound, "nothing is recorded in that time"};
    if (code != 0)
        return core::Error{core::ErrorCode::Unavailable,
                           "bitgrid kpi ended with " + std::to_string(code) + "; the log says why"};
    return read_whole(output_);
}

}  // namespace bitgrid::app
