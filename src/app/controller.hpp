#pragma once
// The controller as one thing: engine, journal, devices, broker and API, wired on one loop. Used by
// bitgridd and the demo.
#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "adapters/guard_lease/lease_renewer.hpp"
#include "adapters/mqtt/mqtt_claim.hpp"
#include "adapters/mqtt/mqtt_client.hpp"
#include "adapters/mqtt/mqtt_commands.hpp"
#include "adapters/mqtt/mqtt_publisher.hpp"
#include "adapters/nut/nut_client.hpp"
#include "api/api_server.hpp"
#include "app/archivist.hpp"
#include "app/backup_runner.hpp"
#include "app/devices.hpp"
#include "app/export_desk.hpp"
#include "app/installation.hpp"
#include "app/kpi_desk.hpp"
#include "app/mirror_watch.hpp"
#include "app/onlooker.hpp"
#include "app/paced.hpp"
#include "app/previews.hpp"
#include "engine/engine.hpp"
#include "engine/uuid.hpp"
#include "explain/narrator.hpp"
#include "net/exchanges.hpp"
#include "ops/log.hpp"
#include "ports/settings.hpp"
#include "store/sqlite_history.hpp"
#include "store/sqlite_journal.hpp"

namespace bitgrid::app {

/// Engine thread only; io_context and clock must outlive it. open() fails with words where folder,
/// database or API cannot be had, and leaves nothing running.
class Controller {
public:
    struct Setup {
        Installation installation;
        std::uint64_t seed{0};  ///< of the ids; fixed where a run must repeat
        /// Who confirms the time of this machine; null where the time is not that of a machine.
        const ports::TimeWitness* time{nullptr};
        core::UnixTime built{};              ///< no time before it is believed
        ports::Settings* settings{nullptr};  ///< reads the configuration again; null: it is fixed
        std::string reloaded_by{};           ///< who had it read anew; empty: the program started
        /// Path of the program that seals finished days, empty where it is missing; none: nobody
        /// seals here, as in a house whose days are minutes.
        std::optional<std::string> sealer{};
        /// Decides beside another controller, and commands nothing: no claim to the site, no word
        /// to the broker, no lease of a guard.
        bool is_observer{false};
    };

    static core::Result<std::unique_ptr<Controller>> open(boost::asio::io_context&, ports::Clock&,
                                                          Setup);
    ~Controller();

    /// Begins to poll, to decide and to serve.
    core::Result<void> start();
    /// Stops every load, then everything else; calls back once the journal is whole.
    void shut_down(std::int64_t patience_ms, std::function<void()> done);

    /// Where a UPS is watched: calls back once when the host is about to lose its power.
    void when_power_ends(std::function<void()> then);

    /// Other values between two cycles, for everything that need not be made anew for them (see
    /// Change). Refused: nothing has changed then.
    core::Result<void> use(Installation, std::string actor);

    engine::Engine& engine() { return *engine_; }
    /// What we may do on this site, and by which take-over of it.
    ports::Charge charge() const { return engine_->charge(); }
    std::int64_t epoch() const { return mqtt_claim_ ? mqtt_claim_->epoch() : 0; }
    std::uint16_t api_port() const { return api_ ? api_->port() : std::uint16_t{0}; }
    const core::Config& config() const { return setup_.installation.config; }
    const Installation& installation() const { return setup_.installation; }
    /// Nothing is under way: no exchange, no write, no question. For a clock that is moved by hand.
    bool is_quiet() const;

private:
    Controller(boost::asio::io_context&, ports::Clock&, Setup);
    core::Result<void> open_journal();
    void build_engine();
    void watch_the_guard();
    engine::Versions next_versions(const Installation&, std::int64_t number,
                                   const std::string& seal) const;
    void note_config(bool is_reload, const std::string& actor);
    void attach_loads();
    void hear_sensors(ports::SignalSink&);
    void connect_broker();
    void employ_children();
    void rest(bool);
    adapters::MqttConfig broker_config() const;

    boost::asio::io_context& io_;
    ports::Clock& clock_;
    Setup setup_;
    ops::Log log_;
    net::Exchanges exchanges_;
    explain::Narrator narrator_;
    engine::UuidSource ids_;
    std::unique_ptr<store::SqliteJournal> journal_;
    std::unique_ptr<store::SqliteHistory> history_;
    net::AsioClock real_clock_;
    std::unique_ptr<adapters::LeaseRenewer> lease_;
    std::unique_ptr<engine::Engine> engine_;
    std::function<void()> power_ends_;
    std::unique_ptr<adapters::nut::NutClient> ups_;
    std::unique_ptr<adapters::MqttClient> mqtt_;
    std::unique_ptr<Onlooker> onlooker_;  ///< of an observer
    std::unique_ptr<Devices> devices_;
    std::unique_ptr<adapters::MqttSensors> mqtt_sensors_;
    std::unique_ptr<adapters::MqttCommands> mqtt_commands_;
    std::unique_ptr<adapters::MqttPublisher> mqtt_publisher_;
    std::unique_ptr<adapters::MqttClaim> mqtt_claim_;
    std::unique_ptr<Previews> previews_;
    std::unique_ptr<ExportDesk> exports_;
    std::unique_ptr<KpiDesk> kpis_;
    std::unique_ptr<api::ApiServer> api_;
    std::unique_ptr<Paced> api_pace_;
    std::unique_ptr<Archivist> archivist_;
    std::unique_ptr<BackupRunner> backups_;
    std::unique_ptr<MirrorWatch> mirror_;
    std::unique_ptr<ports::Timer> notice_;  ///< until that of the battery is renewed
    bool has_other_config_{false};          ///< than the run before
};

}  // namespace bitgrid::app
