#include "adapters/shelly/shelly_plug.hpp"

#include <algorithm>

#include "adapters/shelly/shelly_reply.hpp"
#include "adapters/web_api.hpp"

namespace bitgrid::adapters {
namespace {

class Rpc final : public PlugSpeech {
public:
    Rpc(DeviceWorld& world, const PlugConfig& c)
        : clock_{world.clock},
          api_{world.io,
               world.exchanges,
               {c.host, c.port, c.timeout_ms, "admin", c.password, Login::Digest}},
          channel_{std::to_string(c.channel)} {}

    void set(bool is_on, int dead_man_s, Done done) override {
        std::string path = "/rpc/Switch.Set?id=" + channel_ + "&on=" + (is_on ? "true" : "false");
        if (is_on) path += "&toggle_after=" + std::to_string(dead_man_s);
        api_.get(path, [this, sent_at = clock_.mono(),
                        done = std::move(done)](const core::Result<WebReply>& reply) {
            if (!reply) return done(reply.error());
            const auto result = shelly::read_result(*reply);
            if (!result) return done(result.error());
            set_at_ = sent_at;
            done({});
        });
    }
    void look(Look look) override {
        api_.get("/rpc/Switch.GetStatus?id=" + channel_,
                 [this, look = std::move(look)](const core::Result<WebReply>& reply) {
                     if (!reply) return look(reply.error());
                     const auto result = shelly::read_result(*reply);
                     if (!result) return look(result.error());
                     const auto status = shelly::read_switch_status(*result);
                     if (!status) return look(status.error());
                     look(PlugStatus{status->is_on, status->power_w, true, left_of(*status),
                                     status->errors});
                 });
    }
    void stop() override { api_.stop(); }

private:
    // The plug names the moment at which its timer began, by a clock of its own: a new moment began
    // with our last order, or, where there was none, when we saw it.
    std::optional<double> left_of(const shelly::SwitchStatus& status) {
        if (!status.timer_s) return std::nullopt;
        if (!began_at_ || began_ != status.timer_began_s) {
            began_ = status.timer_began_s;
            began_at_ = set_at_.value_or(clock_.mono());
            set_at_.reset();
        }
        const double gone_s = static_cast<double>(clock_.mono() - *began_at_) / 1000;
        return std::max(0.0, *status.timer_s - gone_s);
    }

    ports::Clock& clock_;
    WebApi api_;
    std::string channel_;
    std::optional<core::MonoTime> set_at_;
    std::optional<double> began_;
    std::optional<core::MonoTime> began_at_;
};

class Gen1 final : public PlugSpeech {
public:
    Gen1(DeviceWorld& world, const PlugConfig& c)
        : api_{world.io,
               world.exchanges,
               {c.host, c.port, c.timeout_ms, c.user, c.password, Login::Basic}},
          channel_{static_cast<std::size_t>(std::max(c.channel, 0))} {}

    void set(bool is_on, int dead_man_s, Done done) override {
        std::string path = "/relay/" + std::to_string(channel_) + "?turn=" + (is_on ? "on" : "off");
        if (is_on) path += "&timer=" + std::to_string(dead_man_s);
        api_.get(path, [done = std::move(done)](const core::Result<WebReply>& reply) {
            if (!reply) return done(reply.error());
            const auto result = shelly::read_gen1(*reply);
            if (!result) return done(result.error());
            done({});
        });
    }
    void look(Look look) override {
        api_.get("/status", [this, look = std::move(look)](const core::Result<WebReply>& reply) {
            if (!reply) return look(reply.error());
            const auto result = shelly::read_gen1(*reply);
            if (!result) return look(result.error());
            look(shelly::read_gen1_status(*result, channel_));
        });
    }
    void stop() override { api_.stop(); }

private:
    WebApi api_;
    std::size_t channel_;
};

}  // namespace

ShellyPlug::ShellyPlug(DeviceWorld world, ShellyConfig config)
    : TimedPlug{world, config, std::make_unique<Rpc>(world, config)} {}

ShellyGen1Plug::ShellyGen1Plug(DeviceWorld world, ShellyConfig config)
    : TimedPlug{world, config, std::make_unique<Gen1>(world, config)} {}

}  // namespace bitgrid::adapters
