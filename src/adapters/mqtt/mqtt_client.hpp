#pragma once
// Our end of the broker: connects, comes back, keeps what must not be lost. Engine thread only;
// nothing blocks. While the broker is away messages wait as their Waiting says; the last will
// says `offline` on `<root>/status`. Health: part `mqtt`.
// Must outlive everything that subscribes.
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <map>
#include <random>
#include <set>
#include <unordered_map>

#include "adapters/lifeline.hpp"
#include "adapters/mqtt/mqtt_connection.hpp"
#include "adapters/mqtt/outbox.hpp"
#include "net/exchanges.hpp"
#include "ports/signals.hpp"

namespace bitgrid::adapters {

class MqttClient final : public MqttBus, private MqttConnection::Owner {
public:
    MqttClient(boost::asio::io_context&, net::Exchanges&, ports::HealthSink&, MqttConfig,
               std::string site_id);
    MqttClient(const MqttClient&) = delete;
    MqttClient& operator=(const MqttClient&) = delete;
    virtual ~MqttClient();

    void start();
    void stop();  ///< says `offline` and goodbye; what waits stays unsent

    void publish(Publication, Delivered done) override;
    using MqttBus::publish;
    [[nodiscard]] Subscription subscribe(std::string filter, MqttHandler,
                                         RetainFlag = RetainFlag::Stored) override;
    [[nodiscard]] Subscription when_connected(std::function<void()>) override;
    bool is_connected() const override { return is_connected_; }

    /// Sends a message to ourselves and calls back when it is here: then the broker has all that
    /// was published before, and all that it had sent before has been handled. Error: no broker.
    void fence(Delivered done);

    /// Who asks says by which take-over of the site our commands are given, 0 where there is none.
    void mark_commands(std::function<std::int64_t()> epoch) { epoch_ = std::move(epoch); }

    const std::string& root() const override { return root_; }
    std::int64_t epoch() const override { return epoch_ ? epoch_() : 0; }
    std::size_t waiting() const { return outbox_.size(); }

private:
    struct Interest {
        std::string filter;
        MqttHandler handler;
        RetainFlag flag;
    };
    struct Registry;
    struct Sent {
        int id;
        Outbox::Entry entry;
    };

    void connected() override;
    void received(const MqttMessage&) override;
    void delivered(int id, bool is_taken) override;
    void subscribed(int id, bool is_granted) override;
    void lost(std::string why, Loss) override;

    void try_to_connect();
    void connect_to_next();
    void take_back(const std::string& why);
    void retry_later(const std::string& why);
    std::chrono::milliseconds pause();
    bool is_hung_up_on_again();
    void raise_alarm(std::string why);
    void report();
    void refused(const std::string& topic, bool is_refused);
    void tell_listeners();
    void ask_for(const Interest&);
    void pump();
    void send(Outbox::Entry);
    void answer(Delivered&, core::Result<void>);
    void clear_fences();
    core::Result<MqttLogin> login() const;

    boost::asio::io_context& io_;
    net::Exchanges& exchanges_;
    ports::HealthSink& health_;
    const MqttConfig config_;
    const std::string root_;
    const std::string client_id_;
    std::shared_ptr<Registry> registry_;

    boost::asio::ip::tcp::resolver resolver_;
    boost::asio::steady_timer retry_;
    std::vector<std::string> addresses_;  ///< still to be tried
    std::size_t attempt_{0};
    std::chrono::steady_clock::time_point away_since_;
    std::minstd_rand chance_;
    std::string last_failure_;
    std::set<std::string> refused_;  ///< topics that the broker's access list keeps from us
    std::vector<std::chrono::steady_clock::time_point> hang_ups_;  ///< of a broker that is there
    std::string alarm_;  ///< why somebody may use our name, for a minute; empty: nothing says so
    boost::asio::steady_timer alarm_ends_;
    std::shared_ptr<MqttConnection> connection_;
    bool is_running_{false};
    bool is_connected_{false};

    std::function<std::int64_t()> epoch_;
    Outbox outbox_;
    std::list<Sent> sent_;  ///< handed to the broker, not yet acknowledged
    bool is_pumping_{false};
    std::size_t given_way_{0};
    std::unordered_map<int, std::string> asked_;  ///< filters without an answer yet
    std::map<std::uint64_t, std::pair<Delivered, net::Exchanges::Exchange>> fences_;
    std::uint64_t next_fence_{0};
    Subscription fence_subscription_;
    Lifeline lifeline_;
};

}  // namespace bitgrid::adapters
