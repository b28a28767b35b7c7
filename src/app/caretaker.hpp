#pragma once
// Keeps the house in step with its configuration folder while it runs, all or nothing: reads it
// again when a signal, the API or a changed file asks for it; lets values hold between two cycles;
// and for new devices or loads makes one controller after another. Each version that was accepted
// has a number and is journalled; one that is refused changes nothing, and says why.
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include "app/config_reader.hpp"
#include "app/controller.hpp"
#include "ops/folder_watch.hpp"
#include "ports/settings.hpp"

namespace bitgrid::app {

/// Engine thread only; io_context and clock must outlive it.
class Caretaker final : public ports::Settings {
public:
    struct Setup {
        ConfigPlace place;
        ReadConfig first;       ///< read before, without a problem
        std::uint64_t seed{0};  ///< of the first controller's ids
        /// What the command line sets, on top of what was read.
        std::function<void(Installation&)> complete = [](Installation&) {};
        /// Called for each controller before it starts.
        std::function<void(Controller&)> attach = [](Controller&) {};
        /// Neither the new nor the old could be opened: every load is off, nothing runs.
        std::function<void(const core::Error&)> ruined = [](const core::Error&) {};
        std::int64_t settle_ms{1'000};     ///< real time without news before files are read
        std::int64_t patience_ms{60'000};  ///< for loads to be off before parts are made anew
        /// As in Controller::Setup.
        const ports::TimeWitness* time{nullptr};
        core::UnixTime built{};
        std::optional<std::string> sealer{};
        bool is_observer{false};
    };

    /// Opens and starts the first controller.
    static core::Result<std::unique_ptr<Caretaker>> open(boost::asio::io_context&, ports::Clock&,
                                                         Setup);
    ~Caretaker();

    void reload(std::string actor, Answer) override;
    void check(Answer) override;
    /// As Controller::shut_down, whatever is under way.
    void shut_down(std::int64_t patience_ms, std::function<void()> done);

    /// Changes when parts are made anew: not to be kept.
    Controller& controller() { return *controller_; }

private:
    Caretaker(boost::asio::io_context&, ports::Clock&, Setup);
    core::Result<std::unique_ptr<Controller>> begin(Installation, const std::string& actor);
    void read(const std::string& actor, ReadConfig, const Answer&);
    void reject(const std::string& actor, std::vector<core::ConfigProblem>, const Answer&);
    void accept(ops::ConfigTexts);
    void finish(ports::SettingsReply::Outcome, const Answer&,
                std::vector<core::ConfigProblem> = {});
    bool is_journal_well();
    void rebuild(Installation, const std::string& actor, ops::ConfigTexts);
    void replace(Installation, const std::string& actor, ops::ConfigTexts, int tries);
    bool watch();
    void watch_again();
    void heard_news();
    void read_when_settled();

    boost::asio::io_context& io_;
    ports::Clock& clock_;
    Setup setup_;
    ops::Log log_{ops::LogConfig{}};
    std::unique_ptr<Controller> controller_;
    ConfigReader reader_;
    std::optional<ops::FolderWatch> folder_;
    boost::asio::posix::stream_descriptor news_;
    boost::asio::steady_timer settle_;
    boost::asio::steady_timer again_;
    boost::asio::steady_timer rest_;
    bool is_leaving_{false};       ///< the running controller stops its loads
    bool has_stopped_{false};      ///< it has stopped them, and another one will follow
    std::function<void()> ended_;  ///< somebody wants everything to end
};

}  // namespace bitgrid::app
