#include "adapters/mqtt/mqtt_client.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <charconv>
#include <fstream>

#include "adapters/mqtt/mqtt_tls.hpp"
#include "adapters/mqtt/topic.hpp"

namespace bitgrid::adapters {
namespace {

/// Unacknowledged messages at once: enough for full speed, few enough to stay in our hands.
constexpr std::size_t kWindow = 100;
constexpr std::chrono::minutes kLongOutage{5};
constexpr std::chrono::seconds kAlarm{60};
constexpr std::size_t kMostHangUps = 2;  ///< within a minute; one more is no accident
constexpr std::size_t kMostRefused = 50;

core::Error away(const std::string& what) { return {core::ErrorCode::Unavailable, what}; }

std::string place_of(const MqttConfig& config) {
    if (!config.socket.empty()) return config.socket;
    return config.host + ":" + std::to_string(config.port);
}

core::Result<std::string> first_line(const std::string& path) {
    std::ifstream file{path};
    std::string line;
    if (!std::getline(file, line))
        return core::Error{core::ErrorCode::BadInput, path + ": no password can be read"};
    return line;
}

}  // namespace

// Outlives the client where a subscription does, so that letting go is always safe.
struct MqttClient::Registry {
    MqttClient* client;
    std::map<std::uint64_t, std::shared_ptr<const Interest>> interests;
    std::unordered_multimap<std::string, std::uint64_t> by_topic;  ///< those without wildcards
    std::map<std::uint64_t, std::shared_ptr<const Interest>> patterns;
    std::map<std::uint64_t, std::shared_ptr<const std::function<void()>>> listeners;
    std::uint64_t next{0};

    void remove(std::uint64_t key) {
        const auto found = interests.find(key);
        if (found == interests.end()) return;
        const std::string filter = found->second->filter;
        interests.erase(found);
        patterns.erase(key);
        std::erase_if(by_topic, [&](const auto& entry) { return entry.second == key; });
        const bool is_wanted = std::any_of(interests.begin(), interests.end(), [&](const auto& i) {
            return i.second->filter == filter;
        });
        if (!is_wanted && client != nullptr && client->is_connected_)
            client->connection_->unsubscribe(filter);
    }
};

MqttClient::MqttClient(boost::asio::io_context& io, net::Exchanges& exchanges,
                       ports::HealthSink& health, MqttConfig config, std::string site_id)
    : io_{io},
      exchanges_{exchanges},
      health_{health},
      config_{std::move(config)},
      root_{topic_root(config_, site_id)},
      client_id_{config_.client_id + "-" + site_id},
      registry_{std::make_shared<Registry>()},
      resolver_{io},
      retry_{io},
      away_since_{std::chrono::steady_clock::now()},
      chance_{std::random_device{}()},
      alarm_ends_{io},
      outbox_{static_cast<std::size_t>(config_.queue_messages)} {
    registry_->client = this;
    fence_subscription_ = subscribe(root_ + "/fence/" + client_id_, [this](const MqttMessage& m) {
        std::uint64_t number = 0;
        std::from_chars(m.payload.data(), m.payload.data() + m.payload.size(), number);
        const auto found = fences_.find(number);
        if (found == fences_.end()) return;
        // Behind the deliveries that were reported before it.
        boost::asio::post(io_, [fence = std::move(found->second)] { fence.first({}); });
        fences_.erase(found);
    });
}

MqttClient::~MqttClient() {
    stop();
    registry_->client = nullptr;
}

void MqttClient::start() {
    is_running_ = true;
    health_.health("mqtt", ports::Condition::Warn, "connecting to " + place_of(config_));
    try_to_connect();
}

void MqttClient::stop() {
    is_running_ = false;
    resolver_.cancel();
    retry_.cancel();
    alarm_ends_.cancel();
    if (connection_) {
        int id = 0;
        if (is_connected_ && config_.is_voice)
            connection_->publish(state_message(root_ + "/status", "offline"), id);
        connection_->close();
        connection_.reset();
    }
    is_connected_ = false;
    take_back("we have left the broker");
}

core::Result<MqttLogin> MqttClient::login() const {
    MqttLogin login;
    login.config = config_;
    login.client_id = client_id_;
    if (config_.is_voice) {
        login.will = state_message(root_ + "/status", "offline");
        login.will.qos = 1;
    }
    if (!config_.password_file.empty()) {
        auto password = first_line(config_.password_file);
        if (!password) return password.error();
        login.password = std::move(*password);
    }
    if (config_.tls && config_.socket.empty()) {
        auto tls = make_tls(config_);
        if (!tls) return tls.error();
        login.tls = std::move(*tls);
    }
    return login;
}

// The name is looked up anew each time: the broker may have moved.
void MqttClient::try_to_connect() {
    addresses_.clear();
    boost::system::error_code error;
    boost::asio::ip::make_address(config_.host, error);
    if (!error || !config_.socket.empty()) {
        addresses_.push_back(config_.host);
        return connect_to_next();
    }
    resolver_.async_resolve(config_.host, std::to_string(config_.port),
                            [this, registry = std::weak_ptr{registry_}](
                                boost::system::error_code failed,
                                const boost::asio::ip::tcp::resolver::results_type& found) {
                                if (registry.expired() || !is_running_) return;
                                if (failed) return retry_later(failed.message());
                                for (const auto& entry : found)
                                    addresses_.push_back(entry.endpoint().address().to_string());
                                std::reverse(addresses_.begin(), addresses_.end());
                                connect_to_next();
                            });
}

void MqttClient::connect_to_next() {
    const auto ready = login();
    if (!ready) return retry_later(ready.error().what);
    const std::string address = addresses_.back();
    addresses_.pop_back();
    connection_ = MqttConnection::make(io_, *ready, *this);
    connection_->connect(address);
}

void MqttClient::retry_later(const std::string& why) {
    if (why != last_failure_ && alarm_.empty())
        health_.coded("mqtt", ports::Condition::Warn, "BROKER_AWAY",
                      "broker " + place_of(config_) + ": " + why);
    last_failure_ = why;
    retry_.expires_after(pause());
    retry_.async_wait(lifeline_.guard([this](boost::system::error_code error) {
        if (!error && is_running_) try_to_connect();
    }));
}

std::chrono::milliseconds MqttClient::pause() {
    const bool is_long = std::chrono::steady_clock::now() - away_since_ > kLongOutage;
    const std::vector<int>& row = is_long ? config_.long_backoff_ms : config_.backoff_ms;
    const int most = row[std::min(attempt_++, row.size() - 1)];
    return std::chrono::milliseconds{
        std::uniform_int_distribution<int>{most - most / 5, most}(chance_)};
}

// What is wrong although the broker is there.
void MqttClient::report() {
    if (!is_connected_) return;
    if (!alarm_.empty()) return health_.health("mqtt", ports::Condition::Error, alarm_);
    if (!refused_.empty())
        return health_.health("mqtt", ports::Condition::Error,
                              "the broker's access list keeps " + *refused_.begin() + " from us (" +
                                  std::to_string(refused_.size()) + " in all)");
    health_.health("mqtt", ports::Condition::Ok, "");
}

void MqttClient::refused(const std::string& topic, bool is_refused) {
    const bool is_news = is_refused
                             ? refused_.size() < kMostRefused && refused_.insert(topic).second
                             : refused_.erase(topic) > 0;
    if (is_news) report();
}

void MqttClient::connected() {
    is_connected_ = true;
    attempt_ = 0;
    last_failure_.clear();
    addresses_.clear();
    refused_.clear();
    report();
    for (const auto& [key, interest] : registry_->interests) ask_for(*interest);
    if (config_.is_voice) {
        // With an answer, so that a broker that lets us say nothing shows at once.
        Publication online = state_message(root_ + "/status", "online");
        online.qos = 1;
        publish(std::move(online));
    }
    given_way_ = 0;
    tell_listeners();
    pump();
}

// One listener may let go of another: each is looked up when its turn comes.
void MqttClient::tell_listeners() {
    std::vector<std::uint64_t> keys;
    for (const auto& [key, listener] : registry_->listeners) keys.push_back(key);
    for (const std::uint64_t key : keys) {
        const auto found = registry_->listeners.find(key);
        if (found == registry_->listeners.end()) continue;
        const auto listener = found->second;
        (*listener)();
    }
}

// Two with one name throw each other out. Many brokers do not say so, but hang up, and let us in
// again at once; one that is restarted has been out of reach in between.
bool MqttClient::is_hung_up_on_again() {
    const auto now = std::chrono::steady_clock::now();
    std::erase_if(hang_ups_, [now](const auto& then) { return now - then > kAlarm; });
    hang_ups_.push_back(now);
    return hang_ups_.size() > kMostHangUps;
}

void MqttClient::raise_alarm(std::string why) {
    alarm_ = std::move(why);
    health_.health("mqtt", ports::Condition::Error, alarm_);
    alarm_ends_.expires_after(kAlarm);
    alarm_ends_.async_wait(lifeline_.guard([this](boost::system::error_code error) {
        if (error) return;
        alarm_.clear();
        last_failure_.clear();
        report();
    }));
}

void MqttClient::lost(std::string why, Loss loss) {
    const bool was_connected = std::exchange(is_connected_, false);
    if (was_connected) away_since_ = std::chrono::steady_clock::now();
    if (loss == Loss::TakenOver)
        raise_alarm("somebody else logs in to the broker as " + client_id_ +
                    ": messages in our name may not be ours");
    if (loss == Loss::HungUp && is_hung_up_on_again())
        raise_alarm("the broker lets us in and hangs up, " + std::to_string(hang_ups_.size()) +
                    " times within a minute: perhaps somebody else logs in as " + client_id_);
    connection_.reset();
    take_back(why);
    if (!addresses_.empty()) return connect_to_next();
    if (!was_connected) hang_ups_.clear();  // it was out of reach
    retry_later(why);
}

// Events whose delivery is unknown go again, first; states are said anew after the return.
void MqttClient::take_back(const std::string& why) {
    asked_.clear();
    std::list<Outbox::Entry> again;
    for (Sent& sent : sent_) {
        if (sent.entry.publication.waiting == Waiting::Always)
            again.push_back(std::move(sent.entry));
        else answer(sent.entry.done, away(why));
    }
    sent_.clear();
    outbox_.give_back(std::move(again));
    clear_fences();
}

// --- out -----------------------------------------------------------------------------------------

void MqttClient::publish(Publication publication, Delivered done) {
    const bool may_wait = publication.waiting != Waiting::Never;
    Outbox::Entry entry{std::move(publication), std::move(done)};
    if (!may_wait) {
        if (!is_connected_) return answer(entry.done, away("the broker is away"));
        if (epoch_ && !entry.publication.is_retained) entry.publication.epoch = epoch_();
        return send(std::move(entry));
    }
    for (Outbox::Entry& gone : outbox_.push(std::move(entry))) {
        const bool is_event = gone.publication.waiting == Waiting::Always;
        if (is_event && ++given_way_ == 1)
            health_.coded("mqtt", ports::Condition::Error, "QUEUE_FULL",
                          "too many events wait for the broker: new ones are not sent");
        answer(gone.done, away("gave way to a newer message"));
    }
    pump();
}

void MqttClient::pump() {
    if (is_pumping_) return;
    is_pumping_ = true;
    while (is_connected_ && !outbox_.empty() && sent_.size() < kWindow) send(outbox_.pop());
    is_pumping_ = false;
}

void MqttClient::send(Outbox::Entry entry) {
    sent_.push_back({0, std::move(entry)});
    const auto place = std::prev(sent_.end());
    const Publication message = place->entry.publication;  // the entry may go inside publish()
    if (connection_->publish(message, place->id)) return;
    answer(place->entry.done, core::Error{core::ErrorCode::TooLarge, message.topic});
    sent_.erase(place);
}

void MqttClient::delivered(int id, bool is_taken) {
    const auto found =
        std::find_if(sent_.begin(), sent_.end(), [id](const Sent& sent) { return sent.id == id; });
    if (found == sent_.end()) return;
    refused(found->entry.publication.topic, !is_taken);
    answer(found->entry.done,
           is_taken ? core::Result<void>{}
                    : core::Error{core::ErrorCode::Refused, "the broker does not take it"});
    sent_.erase(found);
    pump();
}

void MqttClient::answer(Delivered& done, core::Result<void> result) {
    if (!done) return;
    boost::asio::post(
        io_, [done = std::exchange(done, nullptr), result = std::move(result)] { done(result); });
}

void MqttClient::fence(Delivered done) {
    if (!is_connected_) return answer(done, away("the broker is away"));
    const std::uint64_t number = ++next_fence_;
    fences_.emplace(number, std::pair{std::move(done), exchanges_.begin()});
    publish(event_message(root_ + "/fence/" + client_id_, std::to_string(number)));
}

void MqttClient::clear_fences() {
    for (auto& [number, fence] : fences_) answer(fence.first, away("the broker went away"));
    fences_.clear();
}

// --- in ------------------------------------------------------------------------------------------

Subscription MqttClient::subscribe(std::string filter, MqttHandler handler, RetainFlag flag) {
    const auto interest =
        std::make_shared<const Interest>(Interest{std::move(filter), std::move(handler), flag});
    const std::uint64_t key = ++registry_->next;
    registry_->interests.emplace(key, interest);
    if (has_wildcard(interest->filter)) registry_->patterns.emplace(key, interest);
    else registry_->by_topic.emplace(interest->filter, key);
    if (is_connected_) ask_for(*interest);
    return {nullptr, [registry = registry_, key](void*) { registry->remove(key); }};
}

Subscription MqttClient::when_connected(std::function<void()> listener) {
    const std::uint64_t key = ++registry_->next;
    const auto shared = std::make_shared<const std::function<void()>>(std::move(listener));
    registry_->listeners.emplace(key, shared);
    if (is_connected_)
        boost::asio::post(io_, [weak = std::weak_ptr{shared}] {
            if (const auto alive = weak.lock()) (*alive)();
        });
    return {nullptr, [registry = registry_, key](void*) { registry->listeners.erase(key); }};
}

void MqttClient::ask_for(const Interest& interest) {
    asked_[connection_->subscribe(interest.filter, interest.flag)] = interest.filter;
}

void MqttClient::subscribed(int id, bool is_granted) {
    const auto asked = asked_.find(id);
    if (asked == asked_.end()) return;
    refused(asked->second, !is_granted);
    asked_.erase(asked);
}

// As with listeners: a handler may subscribe, or let go of its own or another subscription.
void MqttClient::received(const MqttMessage& message) {
    std::vector<std::uint64_t> keys;
    const auto [first, last] = registry_->by_topic.equal_range(std::string{message.topic});
    for (auto entry = first; entry != last; ++entry) keys.push_back(entry->second);
    for (const auto& [key, interest] : registry_->patterns)
        if (topic_matches(interest->filter, message.topic)) keys.push_back(key);
    for (const std::uint64_t key : keys) {
        const auto found = registry_->interests.find(key);
        if (found == registry_->interests.end()) continue;
        const auto interest = found->second;
        interest->handler(message);
    }
}

}  // namespace bitgrid::adapters
