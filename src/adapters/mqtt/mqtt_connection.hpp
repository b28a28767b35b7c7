#pragma once
// One life of a connection to the broker: libmosquitto driven by the engine's loop. Made anew for
// each attempt, so that no state of a dead connection survives. Engine thread only.
#include <mosquitto.h>
#include <openssl/types.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <memory>

#include "adapters/mqtt/mqtt_bus.hpp"
#include "adapters/mqtt/mqtt_config.hpp"

namespace bitgrid::adapters {

/// All that is needed to log in; secrets included, so never printed.
struct MqttLogin {
    MqttConfig config;
    std::string client_id;
    std::string password;
    Publication will;
    std::shared_ptr<SSL_CTX> tls;  ///< null: plain
};

/// How a connection ended.
enum class Loss : std::uint8_t {
    Line,      ///< it never was, or the line is dead, or the broker said why
    HungUp,    ///< the broker let us in, and hung up without a word
    TakenOver  ///< it says that somebody logged in with our name; Mosquitto does since 2.0.15
};

class MqttConnection : public std::enable_shared_from_this<MqttConnection> {
public:
    /// Hears what happens; nothing more after close() or lost().
    class Owner {
    public:
        virtual void connected() = 0;
        virtual void received(const MqttMessage&) = 0;
        virtual void delivered(int id, bool is_taken) = 0;  ///< may come from inside publish()
        virtual void subscribed(int id, bool is_granted) = 0;
        /// Once; never from inside a call.
        virtual void lost(std::string why, Loss) = 0;

    protected:
        ~Owner() = default;
    };

    static std::shared_ptr<MqttConnection> make(boost::asio::io_context&, const MqttLogin&, Owner&);
    ~MqttConnection();

    /// Begins; the outcome is connected() or lost(). `address` is an IP: nothing is looked up.
    void connect(const std::string& address);
    /// `id` is set before anything is sent, because the answer may come from inside.
    bool publish(const Publication&, int& id);
    int subscribe(const std::string& filter, RetainFlag);
    void unsubscribe(const std::string& filter);
    /// Says goodbye where it can (the will is then not sent) and lets go.
    void close();
    /// Lets go without a word, as a crash would: the broker sends the will.
    void abandon();

private:
    using Time = std::chrono::steady_clock::time_point;
    MqttConnection(boost::asio::io_context&, const MqttLogin&, Owner&);
    bool log_in(const MqttLogin&);
    void set_handlers();
    void tell_delivered();
    void wait_to_read();
    void wait_to_write();
    bool has_died();
    void read();
    void look_after();
    void fail(std::string why);
    void fail_with(int rc);
    void check(int rc);
    bool is_over() const { return owner_ == nullptr || has_failed_; }

    struct Destroyer {
        void operator()(mosquitto* handle) const { mosquitto_destroy(handle); }
    };
    Owner* owner_;  ///< null: closed
    MqttConfig config_;
    std::shared_ptr<SSL_CTX> tls_;
    std::unique_ptr<mosquitto, Destroyer> handle_;
    boost::asio::posix::stream_descriptor socket_;
    boost::asio::steady_timer clock_;
    bool is_established_{false};
    bool is_writing_{false};
    bool has_failed_{false};
    Loss loss_{Loss::Line};
    std::vector<std::pair<int, bool>> acknowledged_;  ///< id, whether the broker took it
    std::string refusal_;                             ///< the broker's own reason
    Time started_;
    Time last_heard_;
};

}  // namespace bitgrid::adapters
