#pragma once
// The demonstration: a simulated house on real sockets and the real controller that runs it, on one
// loop.
#include <memory>
#include <optional>
#include <string>

#include "app/controller.hpp"
#include "app/private_broker.hpp"
#include "sim/simulated_home.hpp"

namespace bitgrid::app {

struct DemoSetup {
    std::string scenario{"day"};
    std::string data_folder;  ///< of the journal; exists
    std::string ui_folder;
    std::uint16_t port{8080};
    double poll_s{0};  ///< 0: the devices' own rhythm
    bool wants_broker{true};
};

/// Engine thread only; io_context and clock must outlive it.
class DemoHome {
public:
    static core::Result<std::unique_ptr<DemoHome>> open(boost::asio::io_context&, ports::Clock&,
                                                        DemoSetup);
    ~DemoHome();

    Controller& controller() { return *controller_; }
    sim::House& house() { return home_->house(); }
    bool has_broker() const { return broker_ != nullptr; }
    /// Why there is no broker, for people.
    const std::string& broker_note() const { return broker_note_; }

private:
    DemoHome() = default;
    Installation installation(const DemoSetup&) const;

    std::unique_ptr<PrivateBroker> broker_;
    std::string broker_note_;
    std::unique_ptr<sim::SimulatedHome> home_;
    std::unique_ptr<Controller> controller_;
};

/// First moment of the demonstration's day.
core::Result<core::UnixTime> demo_start(const std::string& scenario);

}  // namespace bitgrid::app
