#pragma once
// The running daemon, asked over its REST API: one question, one answer, within seconds. Blocks.
#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>
#include <string>

#include "app/bitgrid/page_words.hpp"
#include "app/bitgrid/verbs.hpp"
#include "core/result.hpp"

namespace bitgrid::app {

class Daemon {
public:
    struct Answer {
        int status{0};
        nlohmann::json body;

        bool is_good() const { return status >= 200 && status < 300; }
    };

    /// Address, token, language and --json, the same for every verb that asks the daemon.
    void add_to(CLI::App& verb);
    /// Address and token alone, for a verb with a language of its own; see speak().
    void add_address_to(CLI::App& verb);
    /// `de`, `en`, or empty: that of the environment.
    void speak(std::string language) { language_ = std::move(language); }

    /// `path` below /api/v1. An error: nobody answers there, or somebody who is no bitgridd, or the
    /// token cannot be read.
    core::Result<Answer> ask(const std::string& method, const std::string& path,
                             const nlohmann::json& body = nullptr) const;

    const std::string& url() const { return url_; }
    PageWords words() const;
    bool is_json() const { return is_json_; }
    /// Says why it was refused, in the reader's language. Gives the exit code for it.
    int explain_refusal(const Answer&) const;
    int unreachable(const core::Error&) const;

private:
    core::Result<std::string> token() const;

    std::string url_{"http://127.0.0.1:8080"};
    std::string token_file_;
    std::string language_;
    bool is_json_{false};
};

}  // namespace bitgrid::app
