#include "adapters/mqtt/mqtt_connection.hpp"

#include <mqtt_protocol.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <cstring>

#include "adapters/mqtt/mqtt_tls.hpp"

namespace bitgrid::adapters {
namespace {

constexpr std::uint32_t kCommandExpiryS = 10;

struct FreeProperties {
    void operator()(mosquitto_property* list) const { mosquitto_property_free_all(&list); }
};
using Properties = std::unique_ptr<mosquitto_property, FreeProperties>;

// A command for a device that sleeps must not reach it when it wakes; and whoever hears it may know
// by which take-over of the site it was given.
Properties properties_of(const Publication& message) {
    if (message.waiting != Waiting::Never || message.is_retained) return {};
    mosquitto_property* list = nullptr;
    mosquitto_property_add_int32(&list, MQTT_PROP_MESSAGE_EXPIRY_INTERVAL, kCommandExpiryS);
    if (message.epoch > 0)
        mosquitto_property_add_string_pair(&list, MQTT_PROP_USER_PROPERTY, "bitgrid-epoch",
                                           std::to_string(message.epoch).c_str());
    return Properties{list};
}

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr seconds kLogInWithin{5};
constexpr seconds kAnswerWithin{5};      ///< after a ping
constexpr seconds kNoticedWithin{19};    ///< a dead line, whatever the keepalive
constexpr unsigned kUnackedMs = 15'000;  ///< what we sent and nobody has acknowledged
constexpr milliseconds kRhythm{500};

// The library counts its own users; it is set up with the first and taken down with the program.
void start_library() {
    struct Library {
        Library() { mosquitto_lib_init(); }
        ~Library() { mosquitto_lib_cleanup(); }
    };
    static const Library library;
}

// A line that is cut shows itself to the kernel too: by what we send, and by probes where we do
// not.
void watch_line(int socket) {
    const int on = 1, idle_s = 10, pause_s = 3, probes = 2;
    (void)setsockopt(socket, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
    (void)setsockopt(socket, IPPROTO_TCP, TCP_KEEPIDLE, &idle_s, sizeof idle_s);
    (void)setsockopt(socket, IPPROTO_TCP, TCP_KEEPINTVL, &pause_s, sizeof pause_s);
    (void)setsockopt(socket, IPPROTO_TCP, TCP_KEEPCNT, &probes, sizeof probes);
    (void)setsockopt(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, &kUnackedMs, sizeof kUnackedMs);
}

/// Why a socket is dead; empty while it lives. Before the login the library does not always say.
std::string cause_of_death(int socket) {
    int error = 0;
    socklen_t size = sizeof error;
    if (getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error != 0)
        return std::strerror(error);
    char next = 0;
    if (recv(socket, &next, 1, MSG_PEEK | MSG_DONTWAIT) == 0) return "the broker hung up";
    return {};
}

}  // namespace

std::shared_ptr<MqttConnection> MqttConnection::make(boost::asio::io_context& io,
                                                     const MqttLogin& login, Owner& owner) {
    start_library();
    return std::shared_ptr<MqttConnection>{new MqttConnection{io, login, owner}};
}

MqttConnection::MqttConnection(boost::asio::io_context& io, const MqttLogin& login, Owner& owner)
    : owner_{&owner},
      config_{login.config},
      tls_{login.tls},
      handle_{mosquitto_new(login.client_id.c_str(), true, this)},
      socket_{io},
      clock_{io},
      started_{steady_clock::now()},
      last_heard_{started_} {
    if (!handle_ || !log_in(login)) handle_.reset();
    else set_handlers();
}

MqttConnection::~MqttConnection() {
    if (socket_.is_open()) socket_.release();  // the descriptor is the library's
}

bool MqttConnection::log_in(const MqttLogin& login) {
    mosquitto* handle = handle_.get();
    const int version = config_.version == MqttVersion::V5 ? MQTT_PROTOCOL_V5 : MQTT_PROTOCOL_V311;
    int rc = mosquitto_int_option(handle, MOSQ_OPT_PROTOCOL_VERSION, version);
    rc |= mosquitto_int_option(handle, MOSQ_OPT_TCP_NODELAY, 1);
    rc |= mosquitto_max_inflight_messages_set(handle, 0);  // the outbox has the window
    if (!config_.username.empty())
        rc |= mosquitto_username_pw_set(handle, config_.username.c_str(),
                                        login.password.empty() ? nullptr : login.password.c_str());
    if (!login.will.topic.empty())
        rc |= mosquitto_will_set(handle, login.will.topic.c_str(),
                                 static_cast<int>(login.will.payload.size()),
                                 login.will.payload.data(), login.will.qos, login.will.is_retained);
    if (tls_) {
        rc |= mosquitto_int_option(handle, MOSQ_OPT_SSL_CTX_WITH_DEFAULTS, 0);
        rc |= mosquitto_void_option(handle, MOSQ_OPT_SSL_CTX, tls_.get());
    }
    return rc == MOSQ_ERR_SUCCESS;
}

void MqttConnection::set_handlers() {
    const auto self = [](void* data) { return static_cast<MqttConnection*>(data); };
    static constexpr auto of = self;
    mosquitto_connect_callback_set(handle_.get(), [](mosquitto*, void* data, int rc) {
        MqttConnection& connection = *of(data);
        if (rc != 0) {
            connection.refusal_ = connection.config_.version == MqttVersion::V5
                                      ? mosquitto_reason_string(rc)
                                      : mosquitto_connack_string(rc);
            return;
        }
        connection.is_established_ = true;
        if (!connection.is_over()) connection.owner_->connected();
    });
    mosquitto_message_callback_set(
        handle_.get(), [](mosquitto*, void* data, const mosquitto_message* message) {
            if (of(data)->is_over()) return;
            of(data)->tell_delivered();  // in the order in which the broker said it
            const std::string_view payload{static_cast<const char*>(message->payload),
                                           static_cast<std::size_t>(message->payloadlen)};
            of(data)->owner_->received({message->topic, payload, message->retain});
        });
    mosquitto_disconnect_v5_callback_set(
        handle_.get(), [](mosquitto*, void* data, int reason, const mosquitto_property*) {
            MqttConnection& connection = *of(data);
            if (reason < MQTT_RC_UNSPECIFIED) return;
            connection.refusal_ = mosquitto_reason_string(reason);
            if (reason == MQTT_RC_SESSION_TAKEN_OVER) connection.loss_ = Loss::TakenOver;
        });
    mosquitto_publish_v5_callback_set(
        handle_.get(), [](mosquitto*, void* data, int id, int reason, const mosquitto_property*) {
            of(data)->acknowledged_.emplace_back(id, reason < 0x80);
        });
    mosquitto_subscribe_callback_set(
        handle_.get(), [](mosquitto*, void* data, int id, int count, const int* granted) {
            if (!of(data)->is_over())
                of(data)->owner_->subscribed(id, count > 0 && granted[0] < 0x80);
        });
}

void MqttConnection::connect(const std::string& address) {
    if (!handle_) return fail("the connection's options are not valid");
    // Port 0 is how the library is asked for a socket of this machine.
    const bool is_local = !config_.socket.empty();
    const int rc =
        mosquitto_connect_async(handle_.get(), is_local ? config_.socket.c_str() : address.c_str(),
                                is_local ? 0 : config_.port, config_.keepalive_s);
    if (rc != MOSQ_ERR_SUCCESS)
        return fail(rc == MOSQ_ERR_ERRNO ? std::strerror(errno) : mosquitto_strerror(rc));
    socket_.assign(mosquitto_socket(handle_.get()));
    watch_line(socket_.native_handle());
    wait_to_read();
    wait_to_write();
    look_after();
}

bool MqttConnection::publish(const Publication& message, int& id) {
    const Properties properties =
        config_.version == MqttVersion::V5 ? properties_of(message) : Properties{};
    const int rc = mosquitto_publish_v5(
        handle_.get(), &id, message.topic.c_str(), static_cast<int>(message.payload.size()),
        message.payload.data(), message.qos, message.is_retained, properties.get());
    const bool is_refused = rc == MOSQ_ERR_INVAL || rc == MOSQ_ERR_PAYLOAD_SIZE ||
                            rc == MOSQ_ERR_MALFORMED_UTF8 || rc == MOSQ_ERR_OVERSIZE_PACKET ||
                            rc == MOSQ_ERR_QOS_NOT_SUPPORTED || rc == MOSQ_ERR_RETAIN_NOT_SUPPORTED;
    if (is_refused) return false;
    check(rc);
    tell_delivered();
    return true;
}

int MqttConnection::subscribe(const std::string& filter, RetainFlag flag) {
    int id = 0;
    const int options = flag == RetainFlag::AsPublished && config_.version == MqttVersion::V5
                            ? MQTT_SUB_OPT_RETAIN_AS_PUBLISHED
                            : 0;
    check(mosquitto_subscribe_v5(handle_.get(), &id, filter.c_str(), 1, options, nullptr));
    return id;
}

void MqttConnection::unsubscribe(const std::string& filter) {
    check(mosquitto_unsubscribe(handle_.get(), nullptr, filter.c_str()));
}

void MqttConnection::close() {
    owner_ = nullptr;
    clock_.cancel();
    if (handle_ && is_established_ && !has_failed_) mosquitto_disconnect(handle_.get());
    if (socket_.is_open()) socket_.release();
}

void MqttConnection::abandon() {
    has_failed_ = true;
    close();
    handle_.reset();
}

// What the library could not write at once waits here for the socket.
void MqttConnection::check(int rc) {
    if (rc != MOSQ_ERR_SUCCESS) return fail_with(rc);
    if (mosquitto_want_write(handle_.get())) wait_to_write();
}

// The library holds its locks while it reports deliveries: they are passed on when it is done.
void MqttConnection::tell_delivered() {
    const auto told = std::exchange(acknowledged_, {});
    for (const auto& [id, is_taken] : told)
        if (!is_over()) owner_->delivered(id, is_taken);
}

void MqttConnection::wait_to_read() {
    socket_.async_wait(socket_.wait_read,
                       [self = shared_from_this()](boost::system::error_code error) {
                           if (error || self->is_over()) return;
                           self->read();
                       });
}

bool MqttConnection::has_died() {
    if (is_established_) return false;
    const std::string cause = cause_of_death(mosquitto_socket(handle_.get()));
    if (!cause.empty()) fail(cause);
    return !cause.empty();
}

void MqttConnection::read() {
    if (has_died()) return;
    int rc = MOSQ_ERR_SUCCESS;
    // What TLS has decrypted already would not wake the socket again.
    do {
        rc = mosquitto_loop_read(handle_.get(), 1);
        tell_delivered();
    } while (rc == MOSQ_ERR_SUCCESS && !is_over() && tls_ &&
             mosquitto_ssl_get(handle_.get()) != nullptr &&
             SSL_pending(static_cast<SSL*>(mosquitto_ssl_get(handle_.get()))) > 0);
    if (is_over()) return;
    last_heard_ = steady_clock::now();
    if (rc != MOSQ_ERR_SUCCESS) return fail_with(rc);
    if (mosquitto_socket(handle_.get()) < 0) return fail("the broker said goodbye");
    if (mosquitto_want_write(handle_.get())) wait_to_write();
    wait_to_read();
}

void MqttConnection::wait_to_write() {
    if (is_writing_ || !socket_.is_open()) return;
    is_writing_ = true;
    socket_.async_wait(socket_.wait_write,
                       [self = shared_from_this()](boost::system::error_code error) {
                           self->is_writing_ = false;
                           if (error || self->is_over()) return;
                           self->check(mosquitto_loop_write(self->handle_.get(), 1));
                           self->tell_delivered();
                       });
}

void MqttConnection::look_after() {
    clock_.expires_after(kRhythm);
    clock_.async_wait([self = shared_from_this()](boost::system::error_code error) {
        if (error || self->is_over()) return;
        const Time now = steady_clock::now();
        // To a local socket we wait in line as long as it takes: given up again and again, we would
        // fill the line, and then connecting would block.
        if (!self->is_established_ && self->config_.socket.empty() &&
            now - self->started_ > kLogInWithin)
            return self->fail("no answer to the login");
        const seconds patience =
            std::min(seconds{self->config_.keepalive_s} + kAnswerWithin, kNoticedWithin);
        const bool is_in_line = !self->is_established_ && !self->config_.socket.empty();
        if (!is_in_line && now - self->last_heard_ > patience)
            return self->fail("silent for too long");
        self->check(mosquitto_loop_misc(self->handle_.get()));
        if (!self->is_over()) self->look_after();
    });
}

void MqttConnection::fail_with(int rc) {
    const bool is_silent = is_established_ && refusal_.empty() && loss_ == Loss::Line;
    if (is_silent && rc == MOSQ_ERR_CONN_LOST && !is_over()) loss_ = Loss::HungUp;
    fail(mosquitto_strerror(rc));
}

void MqttConnection::fail(std::string why) {
    if (is_over()) return;
    has_failed_ = true;
    clock_.cancel();
    if (const std::string by_tls = tls_failure(tls_.get()); !by_tls.empty()) why = "TLS: " + by_tls;
    if (!refusal_.empty()) why = refusal_;
    // At once: the library has closed the descriptor, and the next one may get its number.
    if (socket_.is_open()) socket_.release();
    boost::asio::post(socket_.get_executor(), [self = shared_from_this(), why] {
        if (Owner* owner = std::exchange(self->owner_, nullptr)) owner->lost(why, self->loss_);
    });
}

}  // namespace bitgrid::adapters
