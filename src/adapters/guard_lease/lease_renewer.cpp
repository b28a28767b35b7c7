#include "adapters/guard_lease/lease_renewer.hpp"

#include <sys/un.h>

#include <array>
#include <boost/asio/write.hpp>

#include "adapters/guard_lease/lease_line.hpp"

namespace bitgrid::adapters {
namespace {

using Protocol = boost::asio::local::stream_protocol;
using ErrorCode = boost::system::error_code;
using ports::GuardState;

}  // namespace

/// Held by its own callbacks; `owner` is null once it is of no use any more.
struct LeaseRenewer::Line {
    Line(boost::asio::io_context& io, LeaseRenewer* o) : socket{io}, owner{o} {}
    void close() {
        owner = nullptr;
        ErrorCode ignored;
        socket.close(ignored);
    }
    Protocol::socket socket;
    LeaseRenewer* owner;
    std::array<char, 512> buffer{};
    std::string received;
    std::string sending;
};

LeaseRenewer::LeaseRenewer(World world, GuardConfig config, Identity identity)
    : world_{world}, config_{std::move(config)}, identity_{std::move(identity)} {
    since_ = world_.house.wall();
    shown_ = state();
}

LeaseRenewer::~LeaseRenewer() {
    if (line_) line_->close();
    if (opening_) opening_->close();
}

bool LeaseRenewer::has_gap() const {
    return cycle_at_ && world_.real.mono() - *cycle_at_ >= times_.lease;
}

bool LeaseRenewer::is_silent() const {
    return line_ && asked_at_ && world_.real.mono() - *asked_at_ >= times_.lease;
}

void LeaseRenewer::cycle_completed(const ports::Cycle& cycle) {
    const core::MonoTime now = world_.real.mono();
    if (has_gap() && line_) must_answer_ = cycle.number;
    cycle_at_ = now;
    if (now >= next_renewal_ || cycle.is_last) {
        next_renewal_ = now + times_.renewal;
        if (line_) renew(cycle);
        else connect();
    }
    note_state();
}

// Only finds the guard: the renewal itself waits for the next completed cycle.
void LeaseRenewer::connect() {
    if (opening_ || identity_.socket.size() >= sizeof(sockaddr_un{}.sun_path)) return;
    opening_ = std::make_shared<Line>(world_.io, this);
    opening_->socket.async_connect(Protocol::endpoint{identity_.socket},
                                   [line = opening_](const ErrorCode& error) {
                                       LeaseRenewer* owner = line->owner;
                                       if (owner == nullptr) return;
                                       owner->opening_.reset();
                                       if (error) return line->close();
                                       owner->line_ = line;
                                       owner->next_renewal_ = {};
                                       owner->was_seen_ = true;
                                       owner->hear(line);
                                   });
}

void LeaseRenewer::renew(const ports::Cycle& cycle) {
    if (!asked_at_) asked_at_ = world_.real.mono();
    if (!line_->sending.empty()) return;  // its buffer is full: it does not read
    const bool is_goodbye = cycle.is_last && cycle.is_confirmed_off;
    line_->sending = guard_lease::line_of(ports::Renewal{
        identity_.instance, cycle.number, cycle.has_ordered_off, is_goodbye, identity_.config});
    boost::asio::async_write(
        line_->socket, boost::asio::buffer(line_->sending),
        [line = line_](const ErrorCode&, std::size_t) { line->sending.clear(); });
}

void LeaseRenewer::hear(const std::shared_ptr<Line>& line) {
    line->socket.async_read_some(boost::asio::buffer(line->buffer),
                                 [line](const ErrorCode& error, std::size_t size) {
                                     if (line->owner == nullptr) return;
                                     if (error) return line->owner->lost("");
                                     line->received.append(line->buffer.data(), size);
                                     line->owner->took(line);
                                 });
}

void LeaseRenewer::took(const std::shared_ptr<Line>& line) {
    for (;;) {
        const auto text = guard_lease::next_line(line->received);
        if (!text) return lost(text.error().what);
        if (!*text) break;
        const auto answer = guard_lease::read_answer(**text);
        if (!answer) return lost(answer.error().what);
        answer_ = *answer;
        asked_at_.reset();
        if (answer->cycle >= must_answer_) must_answer_ = 0;
    }
    note_state();
    hear(line);
}

void LeaseRenewer::lost(std::string why) {
    line_->close();
    line_.reset();
    answer_.reset();
    asked_at_.reset();
    must_answer_ = 0;
    lost_why_ = std::move(why);
    note_state();
}

GuardState LeaseRenewer::state() const {
    if (!line_ || (!answer_ && !is_silent()))
        return was_seen_ || config_.expected ? GuardState::Missing : GuardState::None;
    if (is_silent()) return GuardState::Silent;
    return answer_->is_holding ? GuardState::Holding : GuardState::Armed;
}

void LeaseRenewer::note_state() {
    const GuardState now = state();
    if (std::exchange(shown_, now) != now) since_ = world_.house.wall();
}

ports::GuardView LeaseRenewer::look() const {
    ports::GuardView view;
    view.state = shown_;
    view.since = since_;
    const bool is_unsure = must_answer_ > 0 || has_gap();
    view.forbids_loads = line_ && ((answer_ && answer_->is_holding) || is_unsure);
    if (shown_ == GuardState::Missing) view.note = lost_why_;
    if (!answer_) return view;
    if (shown_ == GuardState::Holding) {
        view.loads_not_off = answer_->loads_not_off;
        view.proof_left_s = static_cast<double>(answer_->proof_left_ms) / 1000;
    }
    if (!answer_->has_same_config)
        view.note = "it guards other loads or devices than these: restart it";
    return view;
}

}  // namespace bitgrid::adapters
