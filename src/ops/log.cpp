#include "ops/log.hpp"

#include <fmt/format.h>
#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_color_sinks.h>

#include <string>

#include "ops/field_table.hpp"

namespace bitgrid::ops {
namespace {

spdlog::level::level_enum level_of(LogLevel level) {
    switch (level) {
        case LogLevel::Debug:
            return spdlog::level::debug;
        case LogLevel::Info:
            return spdlog::level::info;
        case LogLevel::Warn:
            return spdlog::level::warn;
        case LogLevel::Error:
            break;
    }
    return spdlog::level::err;
}

std::string_view word_of(LogLevel level) {
    switch (level) {
        case LogLevel::Debug:
            return "debug";
        case LogLevel::Info:
            return "info";
        case LogLevel::Warn:
            return "warn";
        case LogLevel::Error:
            break;
    }
    return "error";
}

/// A device may name itself with a line break or an escape sequence: it must not forge a line.
std::string on_one_line(std::string_view text) {
    std::string shown;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte == 0x7f) {
            shown += fmt::format("\\x{:02x}", byte);
        } else {
            shown += c;
        }
    }
    return shown;
}

}  // namespace

Log::Log(LogConfig config) : form_{config.form} {
    auto sink = std::make_shared<spdlog::sinks::stderr_color_sink_mt>();
    logger_ = std::make_shared<spdlog::logger>("bitgrid", std::move(sink));
    logger_->set_level(level_of(config.level));
    logger_->set_error_handler([](const std::string&) {});
    const bool is_json = config.form == LogForm::Json;
    logger_->set_formatter(std::make_unique<spdlog::pattern_formatter>(
        is_json ? R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ",%v})" : "%Y-%m-%dT%H:%M:%SZ %^%v%$",
        spdlog::pattern_time_type::utc));
}

void Log::debug(std::string_view part, std::string_view text) const {
    write(LogLevel::Debug, part, text);
}
void Log::info(std::string_view part, std::string_view text) const {
    write(LogLevel::Info, part, text);
}
void Log::warn(std::string_view part, std::string_view text) const {
    write(LogLevel::Warn, part, text);
}
void Log::error(std::string_view part, std::string_view text) const {
    write(LogLevel::Error, part, text);
}

void Log::write(LogLevel level, std::string_view part, std::string_view text) const {
    const auto severity = level_of(level);
    if (!logger_->should_log(severity)) return;
    if (form_ == LogForm::Json) {
        logger_->log(severity, R"("level":{},"part":{},"text":{})", json_text(word_of(level)),
                     json_text(part), json_text(text));
    } else {
        logger_->log(severity, "{:5} {}: {}", word_of(level), on_one_line(part), on_one_line(text));
    }
}

}  // namespace bitgrid::ops
