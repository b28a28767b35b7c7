#pragma once
// Watches the simulated house, and nothing of the controller: a load that is on while it must not
// be, and for how long.
#include <atomic>
#include <functional>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

namespace bitgrid::faults {

/// Times are those of the house, seconds.
class Observer {
public:
    struct Rule {
        std::string name;
        double allowed_s;
        /// From the truth about the house: it is unsafe that a load is on now.
        std::function<bool(const nlohmann::json& truth)> is_unsafe;
    };
    struct Finding {
        std::string rule;
        double worst_s{0};  ///< longest time in which it held without a break
        double allowed_s{0};
        int exceeded{0};  ///< how often it held for longer than allowed
    };

    /// `port`: of the house's back door. Has a thread of its own until it goes; looks every
    /// `look_ms` of real time. Nothing is judged while the house does not answer.
    Observer(std::uint16_t port, int look_ms, std::vector<Rule>);
    ~Observer();
    Observer(const Observer&) = delete;
    Observer& operator=(const Observer&) = delete;

    std::vector<Finding> findings() const;
    long looks() const;
    /// Says what exceeds its time, once for each time; from its own thread.
    std::function<void(const std::string&)> tell;

private:
    struct State {
        Rule rule;
        double since_s{-1};
        bool is_told{false};
        Finding finding{};
    };
    void look();
    void judge(State&, const nlohmann::json& truth, double now_s);

    const std::uint16_t port_;
    const int look_ms_;
    mutable std::mutex mutex_;
    std::vector<State> states_;
    long looks_{0};
    std::atomic<bool> is_over_{false};
    std::thread thread_;
};

/// Whether any of the two big loads truly draws power.
bool is_any_load_on(const nlohmann::json& truth);

}  // namespace bitgrid::faults
