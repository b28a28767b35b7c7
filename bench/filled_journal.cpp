#include "bench/filled_journal.hpp"

#include <fmt/format.h>

#include <array>
#include <chrono>
#include <filesystem>
#include <mutex>
#include <stdexcept>
#include <thread>

#include "app/shown_config.hpp"
#include "bench/sample_year.hpp"
#include "core/decide.hpp"
#include "explain/narrator.hpp"
#include "ops/config_hash.hpp"
#include "store/sqlite_journal.hpp"
#include "wire/checkpoint_json.hpp"
#include "wire/event_json.hpp"

namespace bitgrid::bench {
namespace {

core::Config config_of(std::size_t loads) {
    core::Config config;
    config.loads.resize(loads);
    for (std::size_t i = 0; i < loads; ++i)
        config.loads[i].id = std::array{"miner", "rod", "bitaxe"}[i];
    return config;
}

store::Codec codec_for(const core::Config& config) {
    return {[&config](const core::Event& event) { return wire::event_json(event, config).dump(); },
            [](const ports::Checkpoint& saved) { return wire::checkpoint_json(saved).dump(); },
            [](std::string_view text) -> core::Result<ports::Checkpoint> {
                return wire::checkpoint_from_json(nlohmann::json::parse(text));
            }};
}

/// The house, block by block, without a world: decides and tells.
class Past {
public:
    explicit Past(const core::Config& config) : config_{config} {
        for (std::size_t i = 0; i < config.loads.size(); ++i) memory_.loads.push_back({});
    }

    std::vector<core::Event> next_block(core::EnergyState state, core::UnixTime time) {
        state.time = time;
        const core::Memory before = memory_;
        const core::Outcome outcome = core::decide(config_, before, state);
        memory_ = outcome.memory;
        std::vector<core::Event> events;
        for (const core::LoadDecision& decision : outcome.decisions) {
            auto event = std::make_shared<core::DecisionEvent>();
            event->decision_id = fmt::format("018f{:08x}-bench", ++decisions_);
            event->block = core::block_of(time, config_.site.block_ms());
            event->load_index = decision.load;
            event->load_id = config_.loads[decision.load].id;
            event->time = time;
            event->decision = decision;
            event->valid_until = core::valid_until(event->block, config_.site.block_ms());
            event->rule_version = "1";
            event->config_version = config_version_;
            event->state = state;
            event->memory = before;
            event->text = narrator_.decision(config_, *event);
            events.push_back({time, std::shared_ptr<const core::DecisionEvent>{event}});
        }
        return events;
    }
    ports::Checkpoint checkpoint(core::UnixTime time) const {
        ports::Checkpoint saved;
        saved.memory = memory_;
        for (const core::LoadConfig& load : config_.loads) saved.load_ids.push_back(load.id);
        saved.override_ids.resize(config_.loads.size());
        saved.actors.resize(config_.loads.size());
        saved.last_block = core::block_of(time, config_.site.block_ms());
        saved.is_stopped = true;
        return saved;
    }

private:
    const core::Config& config_;
    const std::string config_version_{ops::config_version(config_)};
    explain::Narrator narrator_;
    core::Memory memory_;
    std::size_t decisions_{0};
};

struct NoHealth final : ports::HealthSink {
    void health(std::string_view, ports::Condition condition, std::string_view reason) override {
        if (condition == ports::Condition::Error) throw std::runtime_error{std::string{reason}};
    }
    void rejected(std::string_view, const core::Error&) override {}
};

/// What the journal posts runs when it is asked to; until then it waits.
class Posted {
public:
    store::Post post() {
        return [this](std::function<void()> call) {
            const std::lock_guard guard{mutex_};
            calls_.push_back(std::move(call));
        };
    }
    void run() {
        std::vector<std::function<void()>> calls;
        {
            const std::lock_guard guard{mutex_};
            calls.swap(calls_);
        }
        for (const auto& call : calls) call();
    }

private:
    std::mutex mutex_;
    std::vector<std::function<void()>> calls_;
};

}  // namespace

double fill_journal(const std::string& folder, std::size_t decisions, std::size_t loads) {
    constexpr std::size_t kMostUnderWay = 200;
    const core::Config config = config_of(loads);
    const std::vector<core::EnergyState> states = sample_states(loads);
    const std::size_t blocks = decisions / loads;
    const auto now = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::system_clock::now().time_since_epoch());
    const core::BlockId last = core::block_of({now.count()}, config.site.block_ms());

    Posted posted;
    NoHealth health;
    store::StoreConfig store;
    store.folder = folder;
    auto opened = store::SqliteJournal::open(store, codec_for(config), posted.post());
    if (!opened) throw std::runtime_error{opened.error().what};
    store::SqliteJournal& journal = **opened;
    journal.start(health);
    Past past{config};
    const core::UnixTime first =
        core::block_start(last - static_cast<core::BlockId>(blocks - 1), config.site.block_ms());
    journal.append({{first, core::ConfigLoaded{ops::config_version(config),
                                               app::shown_rules(config).dump(), 1}}},
                   past.checkpoint(first), [](const auto&) {});
    for (std::size_t i = 0; i < blocks; ++i) {
        const core::BlockId block = last - static_cast<core::BlockId>(blocks - 1 - i);
        const core::UnixTime time = core::block_start(block, config.site.block_ms());
        journal.append(past.next_block(states[i % states.size()], time), past.checkpoint(time),
                       [](const auto&) {});
        while (journal.under_way() > kMostUnderWay) {
            std::this_thread::sleep_for(std::chrono::milliseconds{1});
            posted.run();
        }
    }
    if (journal.stop(60'000) > 0) throw std::runtime_error{"the journal could not be filled"};
    posted.run();
    return static_cast<double>(std::filesystem::file_size(journal.database_path())) / (1 << 20);
}

}  // namespace bitgrid::bench
