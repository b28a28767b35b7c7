#include "app/bitgrid/update_service.hpp"

#include <unistd.h>

#include "app/run_program.hpp"

namespace bitgrid::app {
namespace {

constexpr const char* kSystemd = "/run/systemd/system";
constexpr int kLimitS = 180;

}  // namespace

core::Result<UpdateService> UpdateService::choose(const std::string& command,
                                                  std::vector<std::string> units) {
    if (command.empty() && ::access(kSystemd, F_OK) != 0)
        return core::Error{core::ErrorCode::Refused,
                           "no systemd runs here; --service COMMAND names a program that is called "
                           "with stop and with start"};
    if (!command.empty() && ::access(command.c_str(), X_OK) != 0)
        return core::Error{core::ErrorCode::Refused, command + " is no program"};
    return UpdateService{command, std::move(units)};
}

core::Result<void> UpdateService::order(const std::string& what) const {
    RunOrder order{{command_, what}, kLimitS, {}, true};
    if (command_.empty()) {
        order.words = {"systemctl", what, "--"};
        order.words.insert(order.words.end(), units_.begin(), units_.end());
    }
    const auto ran = run_program(order);
    if (!ran) return ran.error();
    if (ran->code == 0) return {};
    return core::Error{core::ErrorCode::Refused,
                       "the service did not " + what + " (exit " + std::to_string(ran->code) + ")"};
}

}  // namespace bitgrid::app
