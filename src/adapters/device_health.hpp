#pragma once
// A device's health in the words of its polls: the first failure warns, the third in a row is an
// error, a good poll ends it.
#include <string>
#include <utility>

#include "ports/signals.hpp"

namespace bitgrid::adapters {

/// Engine thread only; the sink must outlive it. `part` is `device/<id>`.
class DeviceHealth {
public:
    DeviceHealth(ports::HealthSink& sink, const std::string& id)
        : sink_{sink}, part_{"device/" + id} {}

    void good(std::string_view reason = "") {
        failures_ = 0;
        sink_.health(part_, ports::Condition::Ok, reason);
    }
    /// It works, limited.
    void limited(std::string_view reason, std::string_view code = {}) {
        failures_ = 0;
        sink_.coded(part_, ports::Condition::Warn, code, reason);
    }
    /// Needs a person: a required function is missing although the device answers.
    void broken(std::string_view reason, std::string_view code = {}) {
        failures_ = 0;
        sink_.coded(part_, ports::Condition::Error, code, reason);
    }
    void failed(const core::Error& error) {
        ++failures_;
        count_bad_data(error);
        sink_.coded(part_, failures_ < 3 ? ports::Condition::Warn : ports::Condition::Error,
                    code_of(error), error.what);
    }

    /// What failed is welcome, but nothing that the house needs: never more than a warning.
    void went_without(const core::Error& error) {
        count_bad_data(error);
        limited(error.what, code_of(error));
    }

    const std::string& part() const { return part_; }

private:
    static bool is_bad_data(const core::Error& error) {
        return error.code == core::ErrorCode::Damaged || error.code == core::ErrorCode::TooLarge;
    }
    static std::string_view code_of(const core::Error& error) {
        if (is_bad_data(error)) return "BAD_ANSWER";
        return error.code == core::ErrorCode::Refused ? "REFUSED" : "NO_ANSWER";
    }
    void count_bad_data(const core::Error& error) {
        if (is_bad_data(error)) sink_.rejected(part_, error);
    }

    ports::HealthSink& sink_;
    std::string part_;
    int failures_{0};
};

}  // namespace bitgrid::adapters
