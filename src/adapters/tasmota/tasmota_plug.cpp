#include "adapters/tasmota/tasmota_plug.hpp"

#include "adapters/tasmota/tasmota_reply.hpp"
#include "adapters/web_api.hpp"

namespace bitgrid::adapters {
namespace {

using Json = nlohmann::json;

std::string encoded(std::string_view text) {
    constexpr std::string_view kHex = "0123456789ABCDEF";
    constexpr std::string_view kPlain = "-._~";
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        const bool is_letter = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
                               (c >= 'A' && c <= 'Z') || kPlain.find(c) != std::string_view::npos;
        if (is_letter) out += c;
        else out.append({'%', kHex[byte >> 4U], kHex[byte & 15U]});
    }
    return out;
}

class Speech final : public PlugSpeech {
public:
    Speech(DeviceWorld& world, const PlugConfig& c)
        : api_{world.io, world.exchanges, {c.host, c.port, c.timeout_ms, "", "", Login::Digest}},
          index_{c.channel + 1},
          number_{std::to_string(index_)},
          login_{c.password.empty()
                     ? ""
                     : "user=" + encoded(c.user) + "&password=" + encoded(c.password) + "&"} {}

    void set(bool is_on, int dead_man_s, Done done) override {
        ++sets_;
        if (!is_on) return switch_to(false, std::move(done));
        const int code = tasmota::pulse_code(dead_man_s);
        if (pulse_code_ == code) return switch_to(true, std::move(done));
        ask("PulseTime" + number_ + " " + std::to_string(code), [this, code, set = sets_,
                                                                 done = std::move(done)](
                                                                    const core::Result<Json>&
                                                                        answer) mutable {
            if (!answer) return done(answer.error());
            if (set != sets_)
                return done(core::Error{core::ErrorCode::Refused, "overtaken by another order"});
            const auto timer = tasmota::read_pulse_time(*answer, index_);
            if (timer && timer->set_code != code)
                return done(
                    core::Error{core::ErrorCode::Unavailable, "does not take its PulseTime"});
            pulse_code_ = code;
            switch_to(true, std::move(done));
        });
    }

    void look(Look look) override {
        ask("State", [this, look = std::move(look)](const core::Result<Json>& answer) mutable {
            if (!answer) return look(answer.error());
            const auto is_on = tasmota::read_power_state(*answer, index_);
            if (!is_on) return look(is_on.error());
            look_at_power({*is_on, std::nullopt, true, std::nullopt, {}}, std::move(look));
        });
    }

    void stop() override { api_.stop(); }

private:
    using Answer = std::function<void(const core::Result<Json>&)>;

    void ask(const std::string& command, Answer took) {
        api_.get("/cm?" + login_ + "cmnd=" + encoded(command),
                 [took = std::move(took)](const core::Result<WebReply>& reply) {
                     if (!reply) return took(reply.error());
                     took(tasmota::read_answer(*reply));
                 });
    }
    void switch_to(bool is_on, Done done) {
        ask("Power" + number_ + (is_on ? " ON" : " OFF"),
            [this, is_on, done = std::move(done)](const core::Result<Json>& answer) {
                if (!answer) return done(answer.error());
                const auto now = tasmota::read_power_state(*answer, index_);
                if (!now) return done(now.error());
                if (*now == is_on) return done({});
                done(core::Error{core::ErrorCode::Unavailable, "does not switch"});
            });
    }
    void look_at_power(PlugStatus status, Look look) {
        ask("Status 8", [this, status = std::move(status),
                         look = std::move(look)](const core::Result<Json>& answer) mutable {
            if (!answer) return look(answer.error());
            status.power_w = tasmota::read_watts(*answer);
            look_at_timer(std::move(status), std::move(look));
        });
    }
    void look_at_timer(PlugStatus status, Look look) {
        ask("PulseTime" + number_, [this, status = std::move(status), look = std::move(look)](
                                       const core::Result<Json>& answer) mutable {
            if (!answer) return look(answer.error());
            const auto timer = tasmota::read_pulse_time(*answer, index_);
            status.tells_timer = timer.has_value();
            if (timer) pulse_code_ = timer->set_code;
            if (timer && timer->left_s > 0) status.timer_s = timer->left_s;
            look(status);
        });
    }

    WebApi api_;
    int index_;
    std::string number_;
    std::string login_;
    double pulse_code_{-1};  ///< what the plug is known to hold
    std::uint64_t sets_{0};  ///< an on in two steps ends where another order came between them
};

}  // namespace

TasmotaPlug::TasmotaPlug(DeviceWorld world, PlugConfig config)
    : TimedPlug{world, config, std::make_unique<Speech>(world, config)} {}

}  // namespace bitgrid::adapters
