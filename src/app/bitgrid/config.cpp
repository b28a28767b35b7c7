#include <fmt/format.h>

#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "app/bitgrid/verbs.hpp"
#include "app/installation.hpp"
#include "core/rule_config_fields.hpp"

namespace bitgrid::app {
namespace {

using Json = nlohmann::json;

struct Options {
    std::string folder{"config"};
    bool is_json{false};
};

/// Visitor for describe(): the fields as JSON, by their keys.
class Writer {
public:
    Json json = Json::object();

    void operator()(const char* key, const std::string& value, const char*) { json[key] = value; }
    void operator()(const char* key, bool value, const char*) { json[key] = value; }
    void operator()(const char* key, int value, core::Range, const char*) { json[key] = value; }
    template <class Number>
    void operator()(const char* key, const Number& value, core::Range, const char*) {
        json[key] = plain(value);
    }
    template <class Number>
    void operator()(const char* key, const std::optional<Number>& value, core::Range, const char*) {
        json[key] = value ? Json(plain(*value)) : Json{};
    }
    template <class Enum>
    void choice(const char* key, Enum value, std::initializer_list<const char*> words,
                const char*) {
        json[key] = words.begin()[static_cast<std::size_t>(value)];
    }

private:
    static double plain(double number) { return number; }
    template <class Unit>
    static double plain(core::Quantity<Unit> quantity) {
        return quantity.value;
    }
};

template <class Struct>
Json fields(Struct part) {
    Writer writer;
    core::describe(writer, part);
    return std::move(writer.json);
}

Json config_json(const core::Config& config) {
    Json loads = Json::array();
    for (const core::LoadConfig& load : config.loads) loads.push_back(fields(load));
    return {{"site", fields(config.site)},
            {"rules", fields(config.rules)},
            {"policy", fields(config.policy)},
            {"loads", std::move(loads)}};
}

void print_section(const std::string& title, const Json& section) {
    fmt::print("{}\n", title);
    for (const auto& [key, value] : section.items()) fmt::print("  {:<28} {}\n", key, value.dump());
}

void print_config(const core::Config& config) {
    const Json json = config_json(config);
    for (const char* part : {"site", "rules", "policy"}) print_section(part, json[part]);
    for (const Json& load : json["loads"]) print_section("load", load);
}

int with_config(const Options& options, void (*show)(const Options&, const core::Config&)) {
    const auto all = read_installation(options.folder, ops::environment_of_process());
    if (!all) {
        std::cerr << ops::format(all.problems()) << '\n';
        return kBadConfig;
    }
    show(options, all.value().config);
    return kOk;
}

void say_valid(const Options& options, const core::Config&) {
    if (options.is_json) std::cout << R"({"valid":true})" << '\n';
    else std::cout << options.folder << ": valid\n";
}

void say_all(const Options& options, const core::Config& config) {
    if (options.is_json) std::cout << config_json(config).dump(2) << '\n';
    else print_config(config);
}

}  // namespace

void add_config(CLI::App& app, int& exit_code) {
    auto* verb = app.add_subcommand("config", "Check or show the configuration");
    verb->require_subcommand(1);
    const auto o = std::make_shared<Options>();
    const auto add = [&](const char* name, const char* what, auto* show) {
        auto* sub = verb->add_subcommand(name, what);
        sub->add_option("--config", o->folder, "folder of the YAML files")->capture_default_str();
        sub->add_flag("--json", o->is_json, "for machines");
        sub->callback([o, show, &exit_code] { exit_code = with_config(*o, show); });
    };
    add("check", "Report every problem of the configuration at once; exit 78 where there is one",
        &say_valid);
    add("show", "Show all settings that hold, defaults included", &say_all);
}

}  // namespace bitgrid::app
