#include "adapters/nut/nut_client.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>

namespace bitgrid::adapters::nut {
namespace {

using boost::asio::ip::tcp;
using ErrorCode = boost::system::error_code;

constexpr std::array<std::string_view, 3> kVariables{"ups.status", "battery.charge",
                                                     "battery.runtime"};
constexpr double kMostChargePct = 100;
constexpr double kMostRuntimeS = 1e7;

}  // namespace

/// One TCP connection; of no use any more after its first failure. Held by its own callbacks.
class NutClient::Link : public std::enable_shared_from_this<Link> {
public:
    using Opened = std::function<void(core::Result<void>)>;
    using Answered = std::function<void(core::Result<std::string>)>;

    Link(boost::asio::io_context& io, const NutConfig& config)
        : socket_{io}, resolver_{io}, limit_{io}, config_{config} {}

    void open(Opened done) {
        limit_time();
        resolver_.async_resolve(
            config_.host, std::to_string(config_.port),
            [self = shared_from_this(), done = std::move(done)](const ErrorCode& error,
                                                                const auto& found) mutable {
                if (error) return done(self->failure(error));
                boost::asio::async_connect(
                    self->socket_, found,
                    [self, done = std::move(done)](const ErrorCode& failed, const auto&) {
                        self->limit_.cancel();
                        if (failed) done(self->failure(failed));
                        else done({});
                    });
            });
    }

    void ask(const std::string& question, Answered done) {
        limit_time();
        sent_ = question;
        boost::asio::async_write(socket_, boost::asio::buffer(sent_),
                                 [self = shared_from_this(), done = std::move(done)](
                                     const ErrorCode& error, std::size_t) mutable {
                                     if (error) return done(self->failure(error));
                                     self->read(std::move(done));
                                 });
    }

    void close() {
        ErrorCode ignored;
        limit_.cancel();
        resolver_.cancel();
        socket_.close(ignored);
    }

private:
    void read(Answered done) {
        boost::asio::async_read_until(socket_, boost::asio::dynamic_buffer(received_, kLongestLine),
                                      '\n',
                                      [self = shared_from_this(), done = std::move(done)](
                                          const ErrorCode& error, std::size_t size) {
                                          self->limit_.cancel();
                                          if (error) return done(self->failure(error));
                                          std::string line = self->received_.substr(0, size - 1);
                                          self->received_.erase(0, size);
                                          if (!line.empty() && line.back() == '\r') line.pop_back();
                                          done(std::move(line));
                                      });
    }
    void limit_time() {
        limit_.expires_after(std::chrono::milliseconds{config_.timeout_ms});
        limit_.async_wait([weak = weak_from_this()](const ErrorCode& error) {
            const auto self = weak.lock();
            if (error || !self) return;
            self->is_late_ = true;
            self->close();
        });
    }
    core::Error failure(const ErrorCode& error) const {
        const std::string where = config_.host + ":" + std::to_string(config_.port) + ": ";
        if (is_late_)
            return {core::ErrorCode::Timeout,
                    where + "no answer within " + std::to_string(config_.timeout_ms) + " ms"};
        if (error == boost::asio::error::not_found)
            return {core::ErrorCode::TooLarge, where + "an answer of more than 512 bytes"};
        return {core::ErrorCode::Unreachable, where + error.message()};
    }

    tcp::socket socket_;
    tcp::resolver resolver_;
    boost::asio::steady_timer limit_;
    NutConfig config_;
    std::string sent_;
    std::string received_;
    bool is_late_{false};
};

NutClient::NutClient(World world, NutConfig config)
    : world_{world}, config_{std::move(config)}, health_{world.health, "ups"} {}

void NutClient::stop() {
    lifeline_.cut();
    if (link_) link_->close();
    link_.reset();
    next_look_.reset();
    exchange_ = {};
}

void NutClient::look() {
    exchange_ = world_.exchanges.begin();
    reading_ = {};
    if (link_) return ask(0);
    link_ = std::make_shared<Link>(world_.io, config_);
    link_->open(lifeline_.guard([this](const core::Result<void>& opened) {
        if (opened) ask(0);
        else failed(opened.error());
    }));
}

void NutClient::ask(std::size_t question) {
    link_->ask("GET VAR " + config_.ups + ' ' + std::string{kVariables[question]} + '\n',
               lifeline_.guard([this, question](const core::Result<std::string>& line) {
                   answered(question, line);
               }));
}

void NutClient::answered(std::size_t question, const core::Result<std::string>& line) {
    if (!line) return failed(line.error());
    const auto value = value_of(*line, config_.ups, kVariables[question]);
    const bool may_lack = question > 0;
    if (!value && !(may_lack && is_not_supported(value.error()))) return failed(value.error());
    if (value && !keep(question, *value)) return;
    if (question + 1 < kVariables.size()) return ask(question + 1);
    heard();
}

bool NutClient::keep(std::size_t question, const std::string& value) {
    if (question == 0) {
        const auto status = read_status(value);
        if (status) reading_ = *status;
        else failed(status.error());
        return status.has_value();
    }
    const bool is_charge = question == 1;
    const auto number = read_number(value, is_charge ? kMostChargePct : kMostRuntimeS);
    if (!number) {
        failed(number.error());
        return false;
    }
    (is_charge ? reading_.charge_pct : reading_.runtime_s) = *number;
    return true;
}

void NutClient::heard() {
    exchange_ = {};
    health_.good();
    next_look_ = world_.clock.after(static_cast<std::int64_t>(config_.poll.value * 1'000),
                                    [this] { look(); });
    world_.power.power(reading_);  // last: whoever hears it may end us
}

// A reading with a doubtful part is none: the sink judges the silence.
void NutClient::failed(const core::Error& error) {
    exchange_ = {};
    if (link_) link_->close();
    link_.reset();
    health_.failed(error);
    next_look_ = world_.clock.after(static_cast<std::int64_t>(config_.poll.value * 1'000),
                                    [this] { look(); });
}

}  // namespace bitgrid::adapters::nut
