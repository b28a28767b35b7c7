#pragma once
// Lines for people or machines on standard error, one per event; nothing is kept or sent anywhere.
// Any thread. A failing write is ignored: a full disk behind a redirect must not stop the house.
#include <memory>
#include <string_view>

#include "core/config.hpp"

namespace spdlog {
class logger;
}

namespace bitgrid::ops {

enum class LogForm : std::uint8_t { Human, Json };
enum class LogLevel : std::uint8_t { Debug, Info, Warn, Error };

struct LogConfig {
    LogForm form{LogForm::Human};
    LogLevel level{LogLevel::Info};
    friend bool operator==(const LogConfig&, const LogConfig&) = default;
};

template <class Visitor>
void describe(Visitor& v, LogConfig& c) {
    v.choice("form", c.form, {"human", "json"}, "lines for people or JSON for machines");
    v.choice("level", c.level, {"debug", "info", "warn", "error"}, "from this level on");
}

class Log {
public:
    /// Writes to standard error.
    explicit Log(LogConfig config);

    /// `part` says who speaks: `engine`, `device/inverter`. Control characters in `text` are made
    /// visible.
    void debug(std::string_view part, std::string_view text) const;
    void info(std::string_view part, std::string_view text) const;
    void warn(std::string_view part, std::string_view text) const;
    void error(std::string_view part, std::string_view text) const;

private:
    void write(LogLevel level, std::string_view part, std::string_view text) const;

    LogForm form_;
    std::shared_ptr<spdlog::logger> logger_;
};

}  // namespace bitgrid::ops
