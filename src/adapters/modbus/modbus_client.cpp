#include "adapters/modbus/modbus_client.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>

#include "adapters/modbus/modbus_link.hpp"

namespace bitgrid::adapters::modbus {
namespace {

constexpr std::size_t kMostWaiting = 32;
constexpr std::array<std::int64_t, 5> kBackoffMs{1000, 2000, 5000, 15'000, 60'000};

}  // namespace

ModbusClient::ModbusClient(boost::asio::io_context& io, ports::Clock& clock,
                           net::Exchanges& exchanges, ClientConfig config)
    : io_{io}, clock_{clock}, exchanges_{exchanges}, config_{std::move(config)} {}

ModbusClient::~ModbusClient() { stop(); }

void ModbusClient::stop() {
    lifeline_.cut();
    drop_link();
    jobs_.clear();
    is_busy_ = false;
}

void ModbusClient::request(Request request, Answer answer) {
    auto exchange = exchanges_.begin();
    if (jobs_.size() >= kMostWaiting) {
        const core::Error full{
            core::ErrorCode::Refused,
            config_.host + ": " + std::to_string(kMostWaiting) + " requests wait already"};
        boost::asio::post(io_, lifeline_.guard([full, answer = std::move(answer),
                                                held = std::move(exchange)] { answer(full); }));
        return;
    }
    jobs_.push_back({std::move(request), std::move(answer), std::move(exchange)});
    if (is_busy_) return;
    is_busy_ = true;
    boost::asio::post(io_, lifeline_.guard([this] { serve_next(); }));
}

void ModbusClient::serve_next() {
    is_busy_ = !jobs_.empty();
    if (!is_busy_) return;
    if (is_open_) return send();
    const std::int64_t wait_ms = next_attempt_ - clock_.mono();
    if (failures_ > 0 && wait_ms > 0)
        return finish(core::Error{
            core::ErrorCode::Unreachable,
            last_failure_ + "; tries again in " + std::to_string((wait_ms + 999) / 1000) + " s"});
    link_ = std::make_shared<ModbusLink>(io_, config_);
    link_->open(lifeline_.guard([this](const core::Result<void>& result) { opened(result); }));
}

void ModbusClient::opened(const core::Result<void>& result) {
    if (!result) {
        lose_link(result.error());
        return finish(result.error());
    }
    is_open_ = true;
    ++connections_;
    if (config_.quiet_ms <= 0) return send();
    link_->pause(config_.quiet_ms, lifeline_.guard([this] { send(); }));
}

void ModbusClient::send() {
    link_->exchange(jobs_.front().request, ++transaction_,
                    lifeline_.guard([this](core::Result<Words> result, bool is_broken) {
                        strays_ += link_->take_strays();
                        if (is_broken) lose_link(result.error());
                        else failures_ = 0;
                        finish(std::move(result));
                    }));
}

void ModbusClient::lose_link(const core::Error& error) {
    const std::size_t step = std::min(failures_, kBackoffMs.size() - 1);
    next_attempt_ = clock_.mono() + kBackoffMs[step];
    ++failures_;
    last_failure_ = error.what;
    drop_link();
}

void ModbusClient::drop_link() {
    if (link_ != nullptr) link_->close();
    link_.reset();
    is_open_ = false;
}

void ModbusClient::finish(core::Result<Words> result) {
    Job job = std::move(jobs_.front());
    jobs_.pop_front();
    // The next request goes out only after this one's owner has spoken: it may stop everything.
    auto go_on = lifeline_.guard([this] { serve_next(); });
    if (config_.gap_ms > 0 && is_open_) link_->pause(config_.gap_ms, std::move(go_on));
    else boost::asio::post(io_, std::move(go_on));
    job.answer(std::move(result));
}

}  // namespace bitgrid::adapters::modbus
