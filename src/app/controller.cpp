#include "app/controller.hpp"

#include <boost/asio/post.hpp>

#include "app/installation_id.hpp"
#include "app/power_notice.hpp"
#include "app/shown_config.hpp"
#include "crypto/digest.hpp"
#include "ops/config_hash.hpp"
#include "wire/bounded_json.hpp"
#include "wire/checkpoint_json.hpp"
#include "wire/event_json.hpp"

namespace bitgrid::app {
namespace {

constexpr int kDiskPatienceMs = 2'000;  ///< at the end, for what still waits for the disk
constexpr wire::JsonBounds kCheckpoint{1 << 20, 32};

store::Codec codec_for(const core::Config& config) {
    return {[&config](const core::Event& event) { return wire::event_json(event, config).dump(); },
            [](const ports::Checkpoint& saved) { return wire::checkpoint_json(saved).dump(); },
            [](std::string_view text) -> core::Result<ports::Checkpoint> {
                const auto json = wire::parse_json(text, kCheckpoint);
                if (!json) return json.error();
                return wire::checkpoint_from_json(*json);
            }};
}

// Nobody knows what was locked or latched before the memory was lost. As after an emergency stop
// every load stays off until the lockout is over and a person has looked.
ports::Checkpoint locked_down(const core::Config& config, core::UnixTime now) {
    ports::Checkpoint all;
    for (const core::LoadConfig& load : config.loads) {
        core::LoadMemory memory;
        memory.lockout = core::Lockout{
            core::LockoutReason::Emergency,
            now + static_cast<std::int64_t>(config.rules.safety_lockout.value * 60'000), true,
            false};
        all.memory.loads.push_back(memory);
        all.load_ids.push_back(load.id);
        all.override_ids.emplace_back();
        all.actors.emplace_back();
    }
    return all;
}

}  // namespace

Controller::Controller(boost::asio::io_context& io, ports::Clock& clock, Setup setup)
    : io_{io},
      clock_{clock},
      setup_{std::move(setup)},
      log_{setup_.installation.log},
      ids_{setup_.seed},
      real_clock_{io} {}

core::Result<std::unique_ptr<Controller>> Controller::open(boost::asio::io_context& io,
                                                           ports::Clock& clock, Setup setup) {
    std::unique_ptr<Controller> controller{new Controller{io, clock, std::move(setup)}};
    if (const auto opened = controller->open_journal(); !opened) return opened.error();
    controller->build_engine();
    return controller;
}

core::Result<void> Controller::open_journal() {
    const auto post = [this](std::function<void()> call) {
        boost::asio::post(io_, std::move(call));
    };
    auto journal = store::SqliteJournal::open(setup_.installation.store,
                                              codec_for(setup_.installation.config), post);
    if (!journal) return journal.error();
    journal_ = std::move(journal).value();
    auto history = store::SqliteHistory::open(journal_->database_path(), post);
    if (!history) return history.error();
    history_ = std::move(history).value();
    return {};
}

// What is set anew has a higher number than what was set before, whoever runs it.
engine::Versions Controller::next_versions(const Installation& all, std::int64_t number,
                                           const std::string& seal) const {
    engine::Versions versions{"1", ops::config_version(all.config), BITGRID_VERSION};
    versions.config_seal = crypto::sha256_hex(shown_config(all).dump());
    versions.config_number = versions.config_seal == seal ? number : number + 1;
    return versions;
}

void Controller::note_config(bool is_reload, const std::string& actor) {
    const engine::Versions& versions = engine_->versions();
    engine_->note(core::ConfigLoaded{versions.config, shown_config(setup_.installation).dump(),
                                     versions.config_number, is_reload, actor});
    engine_->health("config", ports::Condition::Ok, "");
}

core::Result<void> Controller::use(Installation next, std::string actor) {
    const engine::Versions& now = engine_->versions();
    const std::int64_t number = now.config_number;
    const auto used =
        engine_->use(next.config, next_versions(next, now.config_number, now.config_seal));
    if (!used) return used;
    setup_.installation = std::move(next);
    log_ = ops::Log{setup_.installation.log};
    devices_->learn(setup_.installation.config);
    if (api_) api_->show_config(shown_config(setup_.installation));
    note_config(true, actor);
    if (mirror_) mirror_->learn(setup_.installation.mirror);
    if (backups_ && engine_->versions().config_number != number) backups_->config_changed();
    return {};
}

void Controller::build_engine() {
    const core::Config& config = setup_.installation.config;
    const store::Restored& restored = journal_->restored();
    const ports::Checkpoint before = restored.checkpoint.value_or(ports::Checkpoint{});
    engine_ = std::make_unique<engine::Engine>(
        config, next_versions(setup_.installation, before.config_number, before.config_seal),
        engine::Engine::Ports{clock_, ids_, narrator_, *journal_},
        restored.is_memory_lost ? locked_down(config, clock_.wall()) : restored.checkpoint);
    note_config(!setup_.reloaded_by.empty(), setup_.reloaded_by);
    if (!setup_.is_observer) watch_the_guard();
    if (setup_.time != nullptr) engine_->doubt_time(*setup_.time, setup_.built);
    if (!restored.warning.empty()) log_.warn("journal", restored.warning);
    if (setup_.installation.mqtt.enabled)
        mqtt_ = std::make_unique<adapters::MqttClient>(io_, exchanges_, *engine_, broker_config(),
                                                       config.site.id);
    attach_loads();
    if (setup_.installation.ups.enabled) {
        engine_->expect_power([this] {
            if (power_ends_) power_ends_();
        });
        ups_ = std::make_unique<adapters::nut::NutClient>(
            adapters::nut::NutClient::World{io_, clock_, exchanges_, *engine_, *engine_},
            setup_.installation.ups);
    }
    has_other_config_ =
        before.config_number > 0 && engine_->versions().config_number != before.config_number;
    if (setup_.sealer) employ_children();
    if (setup_.installation.api.enabled) {
        previews_ = std::make_unique<Previews>(*engine_, *history_, narrator_);
        api_ = std::make_unique<api::ApiServer>(
            io_,
            api::ApiServer::Parts{*engine_, engine_->control(), *history_, *previews_, clock_,
                                  *engine_,
                                  [this](core::Happening what) { engine_->note(std::move(what)); },
                                  shown_config(setup_.installation), setup_.settings,
                                  exports_.get(), kpis_.get(), setup_.installation.store.folder},
            setup_.installation.api);
        api_pace_ = std::make_unique<Paced>(io_, *api_);
        engine_->tell_also(*api_pace_);
    }
}

// What takes long is done by processes of their own, and not while the host lives on its UPS.
void Controller::employ_children() {
    const std::string& data = setup_.installation.store.folder;
    archivist_ = std::make_unique<Archivist>(Archivist::World{io_, clock_, *engine_, *journal_},
                                             *setup_.sealer, setup_.installation.store);
    exports_ = std::make_unique<ExportDesk>(io_, clock_, *setup_.sealer, data);
    kpis_ = std::make_unique<KpiDesk>(io_, clock_, *setup_.sealer, data);
    backups_ = std::make_unique<BackupRunner>(BackupRunner::World{io_, clock_, *engine_},
                                              *setup_.sealer, data);
    mirror_ = std::make_unique<MirrorWatch>(MirrorWatch::World{clock_, *engine_}, data,
                                            setup_.installation.mirror);
    publish_power(data, false, clock_.wall());
    engine_->when_on_battery([this](bool is_on_battery) { rest(is_on_battery); });
}

void Controller::rest(bool rests) {
    publish_power(setup_.installation.store.folder, rests, clock_.wall());
    notice_.reset();
    if (rests) notice_ = clock_.after(kNoticeHoldsMs / 5, [this] { rest(true); });
    archivist_->rest(rests);
    exports_->rest(rests);
    backups_->rest(rests);
}

// Always: a guard that is started later is found.
void Controller::watch_the_guard() {
    const Installation& all = setup_.installation;
    lease_ = std::make_unique<adapters::LeaseRenewer>(
        adapters::LeaseRenewer::World{io_, clock_, real_clock_}, all.guard,
        adapters::LeaseRenewer::Identity{adapters::socket_of(all.guard, all.store.folder),
                                         fresh_run_id(), guarded_fingerprint(all)});
    engine_->prove_life_to(*lease_);
    engine_->heed(*lease_);
}

// An observer's devices only measure: nobody gives them an order.
void Controller::attach_loads() {
    const core::Config& config = setup_.installation.config;
    if (setup_.is_observer) onlooker_ = std::make_unique<Onlooker>(*engine_, config);
    ports::SignalSink& signals = onlooker_ ? static_cast<ports::SignalSink&>(*onlooker_) : *engine_;
    devices_ =
        std::make_unique<Devices>(adapters::DeviceWorld{io_, clock_, exchanges_, signals, *engine_},
                                  mqtt_.get(), config, setup_.installation.devices);
    if (mqtt_) hear_sensors(signals);
    if (!onlooker_) {
        devices_->attach_to(*engine_);
        if (mqtt_) connect_broker();
        return;
    }
    for (std::size_t i = 0; i < config.loads.size(); ++i)
        engine_->attach(i, onlooker_->driver_of(i), nullptr);
    engine_->health("role", ports::Condition::Ok,
                    "observer: decides beside another controller and commands nothing");
}

void Controller::hear_sensors(ports::SignalSink& signals) {
    const core::Config& config = setup_.installation.config;
    mqtt_sensors_ = std::make_unique<adapters::MqttSensors>(
        *mqtt_, adapters::MqttSensors::Sinks{signals, *engine_}, clock_,
        setup_.installation.mqtt_sensors);
    std::vector<std::string> ids;
    for (const core::LoadConfig& load : config.loads) ids.push_back(load.id);
    if (setup_.installation.mqtt.accept_telemetry)
        mqtt_sensors_->accept_telemetry(mqtt_->root(), ids);
}

void Controller::connect_broker() {
    const std::string& root = mqtt_->root();
    mqtt_commands_ = std::make_unique<adapters::MqttCommands>(
        *mqtt_, adapters::MqttCommands::Engine{engine_->control(), *engine_, *engine_, clock_},
        exchanges_, root, setup_.installation.mqtt.wishes_per_minute);
    mqtt_publisher_ = std::make_unique<adapters::MqttPublisher>(*mqtt_, *engine_, clock_, root);
    engine_->tell_also(*mqtt_publisher_);
    mqtt_claim_ = std::make_unique<adapters::MqttClaim>(
        *mqtt_, clock_, *engine_,
        adapters::MqttClaim::Identity{root, installation_id(setup_.installation.store.folder),
                                      setup_.installation.mqtt.is_private},
        journal_->restored().checkpoint.value_or(ports::Checkpoint{}).tenure,
        adapters::MqttClaim::Calls{[this](ports::Charge charge) { engine_->take(charge); },
                                   [this](const ports::Tenure& tenure, std::function<void()> done) {
                                       engine_->remember(tenure, std::move(done));
                                   }});
    engine_->take(mqtt_claim_->charge());
    mqtt_->mark_commands([this] { return mqtt_claim_ ? mqtt_claim_->epoch() : 0; });
}

// A second controller with our name would be us to the broker, and throw us out.
adapters::MqttConfig Controller::broker_config() const {
    adapters::MqttConfig config = setup_.installation.mqtt;
    config.is_voice = config.is_voice && !setup_.is_observer;
    config.client_id += "-" + installation_id(setup_.installation.store.folder).substr(0, 8);
    return config;
}

Controller::~Controller() = default;

core::Result<void> Controller::start() {
    if (api_)
        if (const auto listening = api_->start(); !listening) return listening.error();
    if (api_ && !api_->first_run_code().empty())
        log_.warn("access",
                  "nobody has an account yet. Open the page and make the first one with "
                  "this code: " +
                      api_->first_run_code() + " (it works once; also in " +
                      setup_.installation.store.folder + "/first-run-code)");
    journal_->start(*engine_);
    engine_->start();
    devices_->start();
    if (ups_) ups_->start();
    if (mqtt_) mqtt_->start();
    if (archivist_) archivist_->start();
    if (backups_) {
        backups_->start();
        if (has_other_config_) backups_->config_changed();
    }
    if (mirror_) mirror_->start();
    return {};
}

void Controller::shut_down(std::int64_t patience_ms, std::function<void()> done) {
    if (mqtt_claim_) engine_->remember(mqtt_claim_->retired());
    engine_->shut_down(patience_ms, [this, done = std::move(done)] {
        // The reverse of start-up.
        notice_.reset();
        if (mirror_) mirror_->stop();
        if (backups_) backups_->stop();
        if (archivist_) archivist_->stop();
        if (mqtt_claim_) mqtt_claim_->give_up();
        if (mqtt_) mqtt_->stop();
        if (ups_) ups_->stop();
        devices_->stop();
        if (api_pace_) api_pace_->stop();
        if (api_) api_->stop();
        history_->stop();
        journal_->stop(kDiskPatienceMs);
        done();
    });
}

void Controller::when_power_ends(std::function<void()> then) { power_ends_ = std::move(then); }

bool Controller::is_quiet() const {
    return exchanges_.is_idle() && journal_->under_way() == 0 && history_->under_way() == 0 &&
           engine_->is_journal_idle();
}

}  // namespace bitgrid::app
