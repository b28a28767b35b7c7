#pragma once
// The writes that were asked for, by command_id: the same id twice has one effect and one answer.
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "net/http_server.hpp"

namespace bitgrid::api {

/// Engine thread only. Remembers the newest thousand.
class Ledger {
public:
    enum class Entry : std::uint8_t {
        New,      ///< carry it out, then settle()
        Known,    ///< answered, or will be with the first one
        Another,  ///< the id was used for something else: answer it yourself
    };
    /// `what` tells one wish from another: caller, path and body.
    Entry begin(const std::string& command_id, const std::string& what,
                const std::shared_ptr<net::Responder>&);
    /// The answer for everyone who asked with this id.
    void settle(const std::string& command_id, const net::ServerResponse&);

private:
    struct Wish {
        std::string what;
        std::optional<net::ServerResponse> answer;
        std::vector<std::shared_ptr<net::Responder>> waiting;
    };
    std::map<std::string, Wish> wishes_;
    std::deque<std::string> settled_;  ///< ids, oldest first
};

}  // namespace bitgrid::api
